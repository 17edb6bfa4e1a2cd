/**
 * The live map in a browser: the page, and the stream of events that feeds it. It says who may have
 * them nothing but GET, sends what a browser needs to hold the page to its own origin, and bounds the
 * connections, the time and the memory that anybody can claim.
 */

import { createServer, type Server, type ServerResponse } from "node:http";
import { type Address, formatAddress } from "../base/address.ts";
import type { ControlClient } from "../control/client.ts";
import page from "../web/map_page.json" with { type: "json" };
import { judge, type MapPath } from "./map_guard.ts";
import { MapStream } from "./map_stream.ts";
import { isLoopbackHost } from "./page_guard.ts";
import { answer, factsOf, pageHeaders, pageUrl, partOf, refuse } from "./page_response.ts";

/** Most pages that are open at a time. */
export const MAX_PAGES = 32;

/** Most connections: those pages, and what browsers keep for a moment besides. */
export const MAX_CONNECTIONS = 128;

/** How long a request may take to be said, and a connection to be idle, in milliseconds. */
const LIMITS = { headersTimeout: 5_000, requestTimeout: 5_000, keepAliveTimeout: 5_000 };
const IDLE_MS = 30_000;
/** How often these are looked after. */
const CHECK_MS = 1_000;
const MAX_HEAD_BYTES = 16_384;
/** How long browsers may take to read the last of it. */
const PATIENCE_MS = 500;

const HEADERS = pageHeaders();

/** Texts by their paths, and their types. */
const FILES: Record<Exclude<MapPath, "/events">, { text: string; type: string }> = {
  "/": { text: page.files["index.html"], type: "text/html; charset=utf-8" },
  "/map.js": { text: page.files["map.js"], type: "text/javascript; charset=utf-8" },
  "/map.css": { text: page.files["map.css"], type: "text/css; charset=utf-8" },
};

const TOKEN_BYTES = 16;

/** Where to serve the map, and whose. */
export interface MapServerOptions {
  /** An IP address. */
  addr: string;
  /** 0: any free one. */
  port: number;
  /** Opens a session with the node, for one page. */
  connect(): ControlClient;
}

/**
 * Serves the map.
 *
 * @throws {NodeJS.ErrnoException} by rejecting, when it cannot listen there
 */
export async function openMapServer(options: MapServerOptions): Promise<MapServer> {
  const { addr, port } = options;
  const isLoopback = isLoopbackHost(addr);
  const token = isLoopback ? undefined : newToken();
  const streams = new Set<MapStream>();
  const guard = { isLoopback, ...(token !== undefined && { token }) };
  const server = createServer(
    { ...LIMITS, connectionsCheckingInterval: CHECK_MS, maxHeaderSize: MAX_HEAD_BYTES },
    (request, response) => {
      const found = judge(factsOf(request), guard);
      if (typeof found === "object") refuse(response, HEADERS, found);
      else if (found === "/events") openStream(response, streams, options.connect);
      else serve(response, found, token);
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.timeout = IDLE_MS;
  // What does not even look like a request gets no answer.
  server.on("clientError", (_error, socket) => socket.destroy());
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, addr, () => resolve());
  await listening;
  // That one connection could not be let in is no reason to end the node.
  server.on("error", () => {});
  return new MapServer(server, streams, addr, token);
}

/** A map that is served. */
export class MapServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #streams: ReadonlySet<MapStream>;
  readonly #addr: string;
  readonly #token: string | undefined;

  constructor(
    server: Server,
    streams: ReadonlySet<MapStream>,
    addr: string,
    token: string | undefined,
  ) {
    this.#server = server;
    this.#streams = streams;
    this.#addr = addr;
    this.#token = token;
  }

  /** Where it listens. */
  get address(): Address {
    const bound = this.#server.address();
    const port = typeof bound === "object" && bound !== null ? bound.port : 0;
    return formatAddress({ host: this.#addr, port });
  }

  /** What to open in a browser, with the token where one is wanted. */
  get url(): string {
    return pageUrl(this.address) + queryOf(this.#token);
  }

  /** Pages that are open. */
  get pages(): number {
    return this.#streams.size;
  }

  /** Ends every connection, after a moment in which what was said can be read. */
  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeIdleConnections();
    for (const stream of this.#streams) stream.end();
    const patience = setTimeout(() => this.#server.closeAllConnections(), PATIENCE_MS);
    await promise;
    clearTimeout(patience);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function serve(
  response: ServerResponse,
  path: keyof typeof FILES,
  token: string | undefined,
): void {
  const { text, type } = FILES[path];
  // The page fetches the rest with the same token.
  const whole = path === "/" ? text.replaceAll("%TOKEN%", queryOf(token)) : text;
  answer(response, HEADERS, partOf(whole, type));
}

function openStream(
  response: ServerResponse,
  streams: Set<MapStream>,
  connect: () => ControlClient,
): void {
  if (streams.size >= MAX_PAGES) {
    const reason = `${MAX_PAGES} pages show this map already: close one of them`;
    refuse(response, HEADERS, { status: 503, reason });
    return;
  }
  const type = "text/event-stream; charset=utf-8";
  response.writeHead(200, { ...HEADERS, "content-type": type, connection: "close" });
  const stream = new MapStream(response, connect());
  streams.add(stream);
  response.on("close", () => streams.delete(stream));
}

/** What follows the path in an address; the token needs no escapes. */
function queryOf(token: string | undefined): string {
  return token === undefined ? "" : `?token=${token}`;
}

function newToken(): string {
  return crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)).toHex();
}
