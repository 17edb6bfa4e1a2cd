/** HTTP as bytes: a browser would not send much of what a server has to bear. */

import { connect, type Socket } from "node:net";

/** An answer, read to its end. */
export interface Answer {
  status: number;
  headers: Map<string, string>;
  body: string;
}

/** Says what a request is, exactly, and reads until the server ends the connection. */
export async function exchange(url: string, request: string): Promise<Answer> {
  const socket = dial(url);
  let text = "";
  socket.setEncoding("utf8");
  socket.on("data", (piece) => text += piece);
  socket.write(request);
  await closed(socket);
  return parse(text);
}

/** Asks for a path, with more headers or others. */
export function get(
  url: string,
  target = "/",
  headers: Readonly<Record<string, string>> = {},
  method = "GET",
): Promise<Answer> {
  const all = { host: new URL(url).host, connection: "close", ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return exchange(url, `${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`);
}

/** A connection to the server of an address. */
export function dial(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ""));
  // "close" follows.
  socket.on("error", () => {});
  return socket;
}

/** Waits until a connection is over. */
export async function closed(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.on("close", () => resolve());
  await promise;
}

function parse(text: string): Answer {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return {
    status: Number(first.split(" ")[1] ?? 0),
    headers: new Map(headers),
    body: rest.join("\r\n\r\n"),
  };
}

/** A stream of server-sent events, as far as it has come. */
export class EventReader implements Disposable {
  readonly socket: Socket;
  #text = "";

  constructor(url: string, path = "/events", headers: Readonly<Record<string, string>> = {}) {
    this.socket = dial(url);
    this.socket.setEncoding("utf8");
    this.socket.on("data", (piece) => this.#text += piece);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const { host } = new URL(url);
    this.socket.write(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\n${lines.join("")}\r\n`);
  }

  /** The status of the answer; 0 until it came. */
  get status(): number {
    return Number(/^HTTP\/1\.1 (\d+)/.exec(this.#text)?.[1] ?? 0);
  }

  /** The data of every event of a kind. */
  events<T>(kind: string): T[] {
    // Without the sizes of the chunks, which stand on lines of their own.
    const text = this.#text.replace(/\r\n[0-9a-f]+\r\n/g, "");
    const found = text.matchAll(new RegExp(`^event: ${kind}\\ndata: ([^\\n]*)\\n`, "gm"));
    return [...found].map(([, data]) => JSON.parse(data ?? ""));
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}
