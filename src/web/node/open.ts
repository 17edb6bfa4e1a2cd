/**
 * A node in a browser, from what the page knows to its end: the same `Node` that runs on machines, on
 * the ports of a browser.
 *
 * It has settings of its own. A page has less memory and fewer connections, and nobody is there to
 * answer for a key that has changed: whoever serves the page is trusted with all of it anyway, so keys
 * are not pinned. Rooms are sealed for their members in any case.
 */

import "./no_eval.ts";
import { type Address, webRtcAddress } from "../../base/address.ts";
import { encodeUtf8 } from "../../base/bytes.ts";
import type { NodeId } from "../../base/node_id.ts";
import { SeededRandom } from "../../base/random.ts";
import { type Config, defaultConfig } from "../../config/schema.ts";
import { Node } from "../../controller/node.ts";
import type { Notice } from "../../controller/notice.ts";
import type { Snapshot } from "../../controller/snapshot.ts";
import type { KnownPeer } from "../../identity/known_peers.ts";
import { SystemClock } from "../../io/clock.ts";
import { MAX_LABEL_BYTES } from "../../wire/limits.ts";
import { Anchors, doorOf, isBrowser } from "./anchors.ts";
import { BrowserCrypto } from "./crypto.ts";
import type { NodeRecord } from "./store.ts";
import { BrowserTransport } from "./transport.ts";

/** What a page says of the node that it wants. */
export interface BrowserNodeOptions {
  /** Name shown to people. */
  label: string;
  network: string;
  /** The network's key; empty where it has none. */
  key: string;
  /** Where nodes take browsers; the first one is dialled for as long as it takes. */
  nodes: readonly Address[];
  /** URLs of servers that tell browsers how others see them. */
  iceServers: readonly string[];
  /** Who it is and what it knew; the page holds its place. */
  record: NodeRecord;
  /** Told what to keep. */
  keep(record: NodeRecord): void;
  /** Told of what people should hear. */
  tell(notice: Notice): void;
  /** Told what the node knows, every other second. */
  report(snapshot: Snapshot): void;
}

/** A node that runs in this page. */
export interface BrowserNode {
  readonly id: NodeId;
  readonly node: Node;
  /** Says goodbye. All that is to be said is with the browser when it returns. */
  leave(): void;
}

/** Nodes that are kept for the next run. */
const MAX_KEPT_PEERS = 16;

/**
 * Starts a node.
 *
 * @throws {RangeError} when the label is too long or has control characters
 */
export function openBrowserNode(options: BrowserNodeOptions): BrowserNode {
  refuseLabel(options.label);
  const crypto = new BrowserCrypto();
  const signer = crypto.signerFrom(options.record.seed);
  const random = new SeededRandom(newSeed());
  const targets = options.nodes.slice(0, 1);
  const anchors = new Anchors(random.fork(), targets);
  let record = { ...options.record, label: options.label };
  const keep = (changed: Partial<NodeRecord>) => {
    record = { ...record, ...changed };
    options.keep(record);
  };
  const node = new Node({
    config: browserConfig(options),
    targets,
    knownPeers: record.peers,
    listen: webRtcAddress(signer.id),
    signer,
    crypto,
    successions: [],
    rooms: record.rooms,
    program: "area-net",
    seed: random.uint32(),
    transport: new BrowserTransport({ signer, crypto, iceServers: options.iceServers }),
    clock: new SystemClock(),
    tell: options.tell,
    report(snapshot) {
      const anchor = anchors.look(snapshot);
      if (anchor !== undefined) node.connect(anchor);
      const peers = knownPeersOf(snapshot);
      if (peers.length > 0 && !isSame(peers, record.peers)) keep({ peers });
      options.report(snapshot);
    },
    // Those that the map tells of are as good, and more.
    remember() {},
    keepRooms: (rooms) => keep({ rooms }),
    stopped() {},
  });
  keep({});
  node.start();
  return { id: signer.id, node, leave: () => node.leave() };
}

/** The settings of a node in a browser. */
export function browserConfig(
  { label, network, key }: Pick<BrowserNodeOptions, "label" | "network" | "key">,
): Config {
  const config = defaultConfig();
  config.label = label;
  config.network.name = network;
  config.network.key = key;
  const { controller } = config.network;
  controller.peer_file_dump_interval = 2;
  controller.trust.mode = "open";
  controller.incoming.max_conn_count = 16;
  controller.peers.min_link_count = 2;
  // Signals go to and fro before there is a connection.
  controller.peers.conn_attempt_timeout = 15;
  // Somebody sits before it and waits.
  controller.peers.conn_attempt_max_delay = 5;
  controller.rooms.max_link_count = 12;
  controller.dht.bucket_size = 8;
  controller.dht.max_record_count = 1024;
  return config;
}

/** Why a name cannot be that of a node, or undefined when it can. */
export function objectionToLabel(label: string): string | undefined {
  if (/[\p{Cc}\p{Cs}]/u.test(label)) return "The name has a character that cannot be shown";
  const bytes = encodeUtf8(label).length;
  if (bytes <= MAX_LABEL_BYTES) return undefined;
  return `The name has ${bytes} bytes in UTF-8, wanted at most ${MAX_LABEL_BYTES}`;
}

function refuseLabel(label: string): void {
  const objection = objectionToLabel(label);
  if (objection !== undefined) throw new RangeError(objection);
}

/** Where browsers can come back in, those first to which there is a link. */
function knownPeersOf({ nodes, peers }: Snapshot): KnownPeer[] {
  const linked = new Set(peers.map(({ id }) => id));
  return nodes.filter((node) => node.state === "alive" && !isBrowser(node))
    .flatMap(({ id, label, addresses }) => {
      const door = doorOf({ addresses });
      if (door === undefined) return [];
      const times = { firstSeen: 0, lastSeen: linked.has(id) ? 1 : 0 };
      return [{ id, label, addresses: [door], ...times, pinned: false, formerly: [] }];
    })
    .sort((a, b) => b.lastSeen - a.lastSeen)
    .slice(0, MAX_KEPT_PEERS);
}

function isSame(some: readonly KnownPeer[], others: readonly KnownPeer[]): boolean {
  return JSON.stringify(some) === JSON.stringify(others);
}

function newSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}
