/**
 * A node on this machine: a `Node` with real ports, its files, and its control socket, from settings to
 * its end. Programs that hold it in their own process and the command line start it alike.
 */

import { type Address, formatAddress } from "../base/address.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Cancel, ConnectionError } from "../base/ports.ts";
import { controlPath } from "../config/control_path.ts";
import type { NodeSettings } from "../config/host.ts";
import type { Config } from "../config/schema.ts";
import { VERSION } from "../config/version.ts";
import type { ControlClient } from "../control/client.ts";
import type { PageOpener } from "../control/handler.ts";
import { localClient } from "../control/local_client.ts";
import type { SessionFacts } from "../control/session.ts";
import { Node } from "../controller/node.ts";
import type { InboxMessage } from "../controller/node_api.ts";
import type { Notice } from "../controller/notice.ts";
import type { Content, Outcome } from "../messaging/outcome.ts";
import type { DoorLimits } from "../session/doorkeeper.ts";
import type { Room } from "./area_room.ts";
import { AreaRooms } from "./area_rooms.ts";
import { OtherDoors } from "./browser_doors.ts";
import type { PageFiles } from "./browser_listener.ts";
import { BrowserPage } from "./browser_page.ts";
import { SystemClock } from "./clock.ts";
import { type ControlSocket, openControlSocket } from "./control_socket.ts";
import { type Identity, identitySource, loadIdentity } from "./identity_file.ts";
import { ListenError } from "./listen_error.ts";
import { LiveMap } from "./live_map.ts";
import { NodeCrypto } from "./node_crypto.ts";
import { NO_FILES, openNodeFiles } from "./node_files.ts";
import { NodeTransport } from "./node_transport.ts";
import { shielded } from "./shielded.ts";

export { ListenError };

/** Who hears from a node. */
export interface NodeListener {
  /** Told of what people should hear. */
  tell?(notice: Notice): void;
  /** Reads the messages for the node while nobody listens to them. */
  print?(message: InboxMessage): void;
}

/**
 * Starts a node, and waits until it listens.
 *
 * @param identity who it is, where that is known already
 * @throws {IdentityError} by rejecting, when its key cannot be used
 * @throws {KnownPeersError} by rejecting, when the peers it knows cannot be read
 * @throws {RoomsFileError} by rejecting, when the names of its rooms cannot be read
 * @throws {SocketFileError} by rejecting, when there can be no control socket: the node may be running
 *   already
 * @throws {ListenError} by rejecting, when it cannot listen
 */
export async function openNode(
  settings: NodeSettings,
  listener: NodeListener = {},
  identity: Identity = loadIdentity(identitySource(settings)),
): Promise<AreaNode> {
  const { config, targets, folder, profile } = settings;
  const { signer, credentials, successions } = identity;
  const tellListener = shielded((notice: Notice) => listener.tell?.(notice));
  const tell = (notice: Notice) => {
    if (notice.type === "listening") listening.resolve(notice.address);
    tellListener(notice);
  };
  const clock = new SystemClock();
  const nodeCrypto = new NodeCrypto();
  const { browsers } = config.network.controller;
  const otherDoors = new OtherDoors(() => clock.now(), () => node.snapshot().nodes);
  const transport = new NodeTransport({
    credentials,
    limits: doorLimits(config),
    browsers: {
      channel: { signer, crypto: nodeCrypto },
      maxConnections: browsers.max_conn_count,
      config: {
        network: config.network.name,
        ice_servers: browsers.ice_servers,
        needs_key: config.network.key !== "",
      },
      doors: otherDoors,
    },
    loadPage: loadRoomsPage,
  });
  const listening = Promise.withResolvers<Address | undefined>();
  const stopped = Promise.withResolvers<ConnectionError | undefined>();
  const files = folder === undefined ? NO_FILES : openNodeFiles(folder, config.network.controller, {
    tell,
    revised: (peers) => node.reviseKnownPeers(peers),
  });
  const rooms = new AreaRooms(() => node.rooms, config.network.controller.rooms.max_unread_count);
  const listen = listenAddress(config);
  const node: Node = new Node({
    config,
    targets,
    ...files,
    keepRooms(names) {
      files.keepRooms(names);
      rooms.keep(names);
    },
    listen,
    recordsMap: true,
    program: profile === undefined ? "area-net" : `area-net -p ${profile}`,
    signer,
    crypto: nodeCrypto,
    successions,
    seed: crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
    transport,
    clock,
    tell,
    ...(listener.print !== undefined && {
      print: shielded((message: InboxMessage) => listener.print?.(message)),
    }),
    stopped: (error) => {
      rooms.end();
      browserPage.end();
      stopped.resolve(error);
      listening.resolve(undefined);
    },
  });
  const path = controlPath(settings);
  const liveMap = new LiveMap({
    ...config.network.controller.map,
    connect: () => localClient(node, facts),
    tell,
  });
  const browserPage = new BrowserPage({
    ...browsers,
    listenAlso: (at, handlers) => node.listenAlso(at, handlers),
    tell,
  });
  const page: PageOpener = (done) => void liveMap.open(done);
  const facts: SessionFacts = { clock, version: VERSION, page, roomPage: browserPage.open };
  const name = profile ?? config.label;
  const socket = path === undefined
    ? undefined
    : await openControlSocket(path, { node, facts, ...(name !== "" && { name }) });
  const ended = endOf(stopped.promise, socket, liveMap, transport);
  node.start();
  const address = await listening.promise;
  if (address !== undefined) {
    if (browsers.port !== 0) await browserPage.start();
    if (config.network.controller.map.port !== 0) await liveMap.start();
    return new AreaNode(node, rooms, signer.id, address, localClient(node, facts), ended);
  }
  const error = await ended;
  throw new ListenError(error ?? { code: "other", detail: "it was told to leave" }, listen);
}

/** Resolves once the node has stopped and all that it held is given back. */
async function endOf(
  stopped: Promise<ConnectionError | undefined>,
  socket: ControlSocket | undefined,
  liveMap: LiveMap,
  transport: NodeTransport,
): Promise<ConnectionError | undefined> {
  const error = await stopped;
  await Promise.all([socket?.close(), liveMap.close(), transport.settled()]);
  return error;
}

/** A node that runs in this process. */
export class AreaNode implements AsyncDisposable {
  readonly id: NodeId;
  /** Where it listens. */
  readonly address: Address;
  /** The same that programs of this machine can ask of it over its control socket. */
  readonly control: ControlClient;
  /** Resolves once it has left, or why it cannot listen any more. */
  readonly ended: Promise<ConnectionError | undefined>;
  readonly #node: Node;
  readonly #rooms: AreaRooms;

  constructor(
    node: Node,
    rooms: AreaRooms,
    id: NodeId,
    address: Address,
    control: ControlClient,
    ended: Promise<ConnectionError | undefined>,
  ) {
    this.#node = node;
    this.#rooms = rooms;
    this.id = id;
    this.address = address;
    this.ended = ended;
    this.control = control;
  }

  /**
   * Sends a message to any node of the network.
   *
   * @param to the whole id; labels and prefixes are for `control.call("send", …)`
   * @param content at most 1 MiB
   * @param options.timeoutMs after how many milliseconds the outcome is wanted in any case
   * @throws {RangeError} by rejecting, when the content is too large, or a text with half a character
   */
  send(to: string, content: Content, options: { timeoutMs?: number } = {}): Promise<Outcome> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    return new Promise((resolve) =>
      this.#node.send({ to: to as NodeId, content, timeoutMs }, resolve)
    );
  }

  /** Hands every message that comes in to `listener`, who has then read it. Call the result to stop. */
  listen(listener: (message: InboxMessage) => void): Cancel {
    return this.#node.listen(shielded(listener));
  }

  /**
   * Joins a room, and stays in it until it is left, over restarts too if the node has a folder. A room
   * that is joined already is found again.
   *
   * @param name the room's passphrase as well: whoever knows it can join. 3 characters or more, and at
   *   most 128 bytes
   * @throws {RangeError} when the name is too short or too long, or there are too many rooms
   * @throws {RoomLeftError} when the node has left the network
   */
  join(name: string): Room {
    return this.#rooms.join(name);
  }

  /** The rooms that it is in, those of its last run among them, ordered by name. */
  rooms(): readonly Room[] {
    return this.#rooms.list();
  }

  /** Leaves the network, and resolves once all is given back. Twice does no harm. */
  async close(): Promise<void> {
    this.leave();
    await this.ended;
  }

  /** Says goodbye to all peers; `ended` tells when that is done. */
  leave(): void {
    this.control.close();
    this.#node.leave();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

const DEFAULT_TIMEOUT_MS = 5_000;

/** Large, and only of use once a browser asks for it. */
async function loadRoomsPage(): Promise<PageFiles> {
  const { default: page } = await import("../web/rooms_page.json", { with: { type: "json" } });
  return page.files;
}

/** What the configuration lets strangers hold. */
function doorLimits({ network }: Config): DoorLimits {
  const { incoming } = network.controller;
  return {
    maxHandshakes: incoming.max_simultaneous_conn_attempts,
    handshakeTimeoutMs: incoming.handshake_timeout * 1000,
    maxPerHost: incoming.max_conn_per_addr,
  };
}

function listenAddress({ network }: Config): Address {
  const { addr, port } = network.controller.listen;
  return formatAddress({ host: addr, port });
}
