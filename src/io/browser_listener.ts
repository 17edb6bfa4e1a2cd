/**
 * The door for browsers: one HTTP server with the page of rooms, what the page must know, and the
 * WebSocket by which the node in the page comes into the network.
 *
 * Every caller passes the {@linkcode Doorkeeper} as those over TLS do, from the first moment of its
 * TCP connection until it has proven its key, or has asked for a part of the page. Those who read the
 * page are counted apart, for a page may take its time on a slow line.
 *
 *     TCP connection ──► request ──► page, by and by ──► closed
 *                           └──► WebSocket, SecureChannel ──► connection of the node
 *
 * Every answer ends its TCP connection, so that none of them is idle.
 */

import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Address, formatAddress, splitAddress, webSocketAddress } from "../base/address.ts";
import type { Connection, ConnectionHandler, ListenHandler, Remote } from "../base/ports.ts";
import { Doorkeeper, type DoorLimits, type TurnedAway } from "../session/doorkeeper.ts";
import type { ChannelOptions } from "../session/secure_channel.ts";
import { BrowserConnection, type Doorstep } from "./browser_connection.ts";
import { CLOSE_CODE, WebSocketError } from "./browser_frames.ts";
import {
  type DoorFacts,
  isOnLoopback,
  judgePage,
  judgeUpgrade,
  reachedAddress,
} from "./browser_guard.ts";
import type { OtherDoors } from "./browser_doors.ts";
import { connectionError } from "./connection_error.ts";
import { isLoopbackHost, type Refusal } from "./page_guard.ts";
import { answer, factsOf, pageHeaders, type Part, partOf, refuse } from "./page_response.ts";
import { remoteAddress } from "./socket_connection.ts";

/** Most connections over which the page is read at a time; the oldest gives way. */
export const MAX_PAGES = 64;

/** How long the reading of one part of the page may take, in milliseconds. */
const PAGE_MS = 60_000;

const MAX_HEAD_BYTES = 16_384;

/** Most nodes that a page is told of. */
export const MAX_NODES = 16;

/** What follows the key of a WebSocket before it is hashed (RFC 6455, section 1.3). */
const WEB_SOCKET_ID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** The page may open WebSockets to any node: which there are, it learns from the network. */
const HEADERS = { ...pageHeaders("ws:"), connection: "close" };

/** What a page must know before it can bring its node into the network. */
export interface BrowserConfig {
  network: string;
  /** Where to come in: `ws://` addresses, that of the node which served the page first. */
  nodes: readonly string[];
  ice_servers: readonly string[];
  /** Whether people have to be asked for the network key. */
  needs_key: boolean;
}

/** What a door for browsers is made of. */
export interface BrowserDoor {
  /** Who this node is. */
  channel: ChannelOptions;
  /** What callers may hold. */
  limits: DoorLimits;
  /** Connections that are up at once. */
  maxConnections: number;
  /** What pages are told besides the nodes. */
  config: Omit<BrowserConfig, "nodes">;
  /** Where other nodes take browsers. */
  doors: Pick<OtherDoors, "open" | "ever">;
}

/** The texts of the page by their names, `index.html` among them. */
export type PageFiles = Readonly<Record<string, string>>;

/** How to listen at one address. */
export interface ListenerOptions extends BrowserDoor {
  handler: ListenHandler;
  page: PageFiles;
  /** Told of every socket that becomes a connection. */
  hold(socket: Socket): void;
}

const TEXT = "text/plain; charset=utf-8";

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
};

/** Who is not gone, and not in either. */
interface Caller {
  address: Address;
  /** Whether it has asked for something. There is one answer for each connection. */
  hasAsked: boolean;
  /** Whether it was told, and the node as well, that it is not wanted. */
  isRefused: boolean;
}

/** One address that is listened on. */
export class BrowserListener {
  readonly #options: ListenerOptions;
  readonly #facts: DoorFacts;
  /** The parts of the page by their paths. */
  readonly #parts: ReadonlyMap<string, Part>;
  readonly #door: Doorkeeper<Socket>;
  /** Those who read the page; how many of one host there are is the business of the door. */
  readonly #readers = new Doorkeeper<Socket>({
    maxHandshakes: MAX_PAGES,
    handshakeTimeoutMs: PAGE_MS,
    maxPerHost: Infinity,
  });
  readonly #server: Server;
  readonly #callers = new Map<Socket, Caller>();
  /** Those who are in. */
  readonly #guests = new Set<Socket>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;

  /** @param at a `ws://` address */
  constructor(at: Address, options: ListenerOptions) {
    this.#options = options;
    this.#parts = partsOf(options.page);
    const { host, port } = splitAddress(at);
    this.#facts = {
      isLoopback: isLoopbackHost(host),
      paths: [...this.#parts.keys()],
      others: () => options.doors.ever(),
    };
    this.#door = new Doorkeeper(options.limits);
    // The doorkeepers watch over the time.
    const times = { headersTimeout: 0, requestTimeout: 0, keepAliveTimeout: 0 };
    this.#server = createServer(
      { ...times, maxHeaderSize: MAX_HEAD_BYTES, noDelay: true },
      (request, response) => this.#serve(request, response),
    );
    this.#server.on("connection", (socket: Socket) => this.#answer(socket));
    this.#server.on("upgrade", (request, socket, head) => {
      // Nobody comes here but over TCP.
      this.#upgrade(request, socket as Socket, new Uint8Array(head));
    });
    // What does not even look like a request gets no answer.
    this.#server.on("clientError", (_error, socket) => socket.destroy());
    this.#server.on("connect", (_request, socket) => socket.destroy());
    this.#server.on("listening", () => {
      const bound = this.#server.address();
      if (this.#isStopped || bound === null || typeof bound === "string") return;
      const plain = formatAddress({ host: bound.address, port: bound.port });
      options.handler.listening(webSocketAddress(plain));
    });
    this.#server.on("error", (error) => {
      if (this.#isStopped) return;
      this.stop();
      options.handler.failed(connectionError(error));
    });
    this.#server.listen(port, host);
  }

  /** Ends listening, every handshake and every page under way; connections already made go on. */
  stop(): void {
    this.#isStopped = true;
    this.#server.close();
    clearTimeout(this.#timer);
    for (const socket of this.#callers.keys()) socket.destroy();
  }

  /** Somebody called. */
  #answer(socket: Socket): void {
    const address = remoteAddress(socket);
    if (this.#isStopped || address === undefined) {
      socket.destroy();
      return;
    }
    // Its end tells all that matters.
    socket.on("error", () => {});
    socket.once("close", () => {
      this.#callers.delete(socket);
      this.#guests.delete(socket);
      this.#door.leave(socket);
      this.#readers.leave(socket);
    });
    this.#callers.set(socket, { address, hasAsked: false, isRefused: false });
    const turnedAway = this.#door.knock(performance.now(), socket, splitAddress(address).host);
    if (turnedAway !== undefined) this.#turnAway(turnedAway);
    this.#watchTime();
  }

  /** A caller wants a part of the page. */
  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    if (this.#callerThatAsks(socket) === undefined) return;
    const facts = factsOf(request);
    const found = judgePage(facts, this.#facts);
    this.#door.enter(socket);
    const oldest = this.#readers.knock(performance.now(), socket, "");
    oldest?.caller.destroy();
    this.#watchTime();
    if (typeof found === "object") return refuse(response, HEADERS, found);
    answer(response, HEADERS, this.#parts.get(found) ?? this.#config(facts.host));
  }

  /** Who asks, unless it has asked before: then it goes, rather than to stay for longer by that. */
  #callerThatAsks(socket: Socket): Caller | undefined {
    const caller = this.#callers.get(socket);
    if (caller === undefined || caller.hasAsked) {
      socket.destroy();
      return undefined;
    }
    caller.hasAsked = true;
    return caller;
  }

  #config(host: string | undefined): Part {
    const own = reachedAddress(host);
    // From another machine, those would be its own ports.
    const isFar = own !== undefined && !isOnLoopback(own);
    const others = this.#options.doors.open().filter((each) => !isFar || !isOnLoopback(each));
    const nodes = new Set(own === undefined ? others : [own, ...others]);
    const config: BrowserConfig = {
      ...this.#options.config,
      nodes: [...nodes].slice(0, MAX_NODES),
    };
    return partOf(JSON.stringify(config), "application/json");
  }

  /** A caller wants a WebSocket. */
  #upgrade(request: IncomingMessage, socket: Socket, head: Uint8Array): void {
    const caller = this.#callerThatAsks(socket);
    if (caller === undefined) return;
    const { headers } = request;
    const key = headers["sec-websocket-key"];
    const refusal = judgeUpgrade({
      ...factsOf(request),
      upgrade: headers.upgrade,
      version: headers["sec-websocket-version"],
      key,
    }, this.#facts);
    if (refusal !== undefined) {
      this.#refuse(socket, refusal);
      return;
    }
    // From here on heartbeats tell who is still there.
    socket.setTimeout(0);
    socket.write(switchOfProtocols(key ?? ""));
    this.#options.hold(socket);
    new BrowserConnection(socket, head, {
      address: caller.address,
      channel: this.#options.channel,
      doorstep: this.#doorstepOf(socket),
    });
  }

  #doorstepOf(socket: Socket): Doorstep {
    const { handler, maxConnections } = this.#options;
    return {
      refused: (reason) => this.#tellRefused(socket, reason),
      admit: (connection: Connection, remote: Remote): ConnectionHandler => {
        if (this.#guests.size >= maxConnections) {
          const reason = `${maxConnections} browsers are connected already, the most allowed`;
          throw new WebSocketError(reason, CLOSE_CODE.tryLater);
        }
        this.#callers.delete(socket);
        this.#guests.add(socket);
        this.#door.enter(socket);
        return handler.accepted(connection, remote);
      },
    };
  }

  /** Says no to a caller that wants a WebSocket, and tells of it. */
  #refuse(socket: Socket, { status, reason }: Refusal): void {
    const { body, type } = partOf(`${reason}\n`, TEXT);
    const headers = {
      ...HEADERS,
      "content-type": type,
      "content-length": body.length,
      ...(status === 426 && { "sec-websocket-version": "13", upgrade: "websocket" }),
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`HTTP/1.1 ${status} Refused\r\n${lines.join("")}\r\n`);
    socket.end(body);
    this.#tellRefused(socket, reason);
  }

  #turnAway({ caller, reason }: TurnedAway<Socket>): void {
    caller.destroy();
    this.#tellRefused(caller, reason);
  }

  /** Who was refused may take a while to go, and is not refused again then. */
  #tellRefused(socket: Socket, reason: string): void {
    const caller = this.#callers.get(socket);
    if (caller === undefined || caller.isRefused) return;
    caller.isRefused = true;
    this.#options.handler.refused(caller.address, reason);
  }

  /** Sees to it that nobody stays for longer than it may. */
  #watchTime(): void {
    const next = Math.min(
      this.#door.nextWakeup() ?? Infinity,
      this.#readers.nextWakeup() ?? Infinity,
    );
    clearTimeout(this.#timer);
    if (this.#isStopped || next === Infinity) return;
    this.#timer = setTimeout(() => {
      const now = performance.now();
      for (const each of this.#door.takeOverdue(now)) this.#turnAway(each);
      for (const { caller } of this.#readers.takeOverdue(now)) caller.destroy();
      this.#watchTime();
    }, Math.max(next - performance.now(), 1));
  }
}

function partsOf(page: PageFiles): Map<string, Part> {
  return new Map(
    Object.entries(page).map(([name, text]) => {
      const type = TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? TEXT;
      return [name === "index.html" ? "/" : `/${name}`, partOf(text, type)];
    }),
  );
}

function switchOfProtocols(key: string): string {
  const accept = createHash("sha1").update(key + WEB_SOCKET_ID).digest("base64");
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    `Sec-WebSocket-Accept: ${accept}\r\n\r\n`;
}
