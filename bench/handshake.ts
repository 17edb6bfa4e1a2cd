/**
 * What a link costs before anything is said on it: handshakes per second, and memory while it is
 * idle. Beside it a bare pair of `node:tls`, which shows certificates as well but asks nothing of
 * them, measured in the same run: the difference is what identity and the door cost.
 */

import type { Socket } from "node:net";
import { connect } from "node:tls";
import { type Address, splitAddress } from "../src/base/address.ts";
import type { Connection } from "../src/base/ports.ts";
import { loadIdentity } from "../src/io/identity_file.ts";
import { TlsTransport } from "../src/io/tls.ts";
import { TLS_OPTIONS } from "../src/io/tls_peer.ts";
import { BENCH_LIMITS } from "./handshake_listener.ts";
import { median, type Row } from "./measure.ts";

const ROOT = new URL("../", import.meta.url);

/** Handshakes under way at one moment: enough to keep both processes busy. */
const AT_ONCE = 8;
const HANDSHAKES = 400;
const ROUNDS = 5;
const IDLE_LINKS = 500;

/** One way of making connections: resolves when one is open at this end. */
type Dial = (to: Address) => Promise<{ close(): void }>;

const { credentials } = loadIdentity({});
const transport = new TlsTransport(credentials, BENCH_LIMITS);

const WAYS: Readonly<Record<string, Dial>> = {
  "area-net": (to) =>
    new Promise((resolve, reject) => {
      const connection: Connection = transport.dial(to, {
        opened: () => resolve(connection),
        received() {},
        drained() {},
        closed: (error) => reject(new Error(error?.detail)),
      });
    }),
  "node:tls": (to) =>
    new Promise((resolve, reject) => {
      const socket: Socket = connect({ ...TLS_OPTIONS, ...credentials, ...splitAddress(to) });
      socket.once("error", reject);
      socket.once("secureConnect", () => resolve({ close: () => socket.end() }));
    }),
};

/** Both ways, each with a listener in a process of its own, and taking turns. */
export async function handshakeRows(): Promise<Row[]> {
  const rows: Row[] = [];
  const rates = await handshakeRates();
  for (const [way, dial] of Object.entries(WAYS)) {
    await using listener = await ListenerProcess.start(way);
    const bytes = await idleBytes(dial, listener);
    rows.push(
      { what: `TLS handshakes, ${way}`, value: median(rates.get(way) ?? []), unit: "1/s" },
      { what: `Memory of an idle link at one end, ${way}`, value: bytes, unit: "bytes" },
    );
  }
  await transport.settled();
  return rows;
}

/** Handshakes per second in each round, by the way they were made. */
async function handshakeRates(): Promise<Map<string, number[]>> {
  const rates = new Map<string, number[]>();
  await using listeners = new AsyncDisposableStack();
  const rounds: (() => Promise<void>)[] = [];
  for (const [way, dial] of Object.entries(WAYS)) {
    const { address } = listeners.use(await ListenerProcess.start(way));
    // The first round compiles and is not counted.
    await rate(dial, address);
    const measured: number[] = [];
    rates.set(way, measured);
    rounds.push(async () => void measured.push(await rate(dial, address)));
  }
  for (let round = 0; round < ROUNDS; round++) for (const run of rounds) await run();
  return rates;
}

/** Handshakes per second, each connection closed once it is open. */
async function rate(dial: Dial, to: Address): Promise<number> {
  const begin = performance.now();
  let left = HANDSHAKES;
  const caller = async () => {
    while (left-- > 0) (await dial(to)).close();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
  return HANDSHAKES / ((performance.now() - begin) / 1000);
}

/** By how much the listener grows for each link that it holds. */
async function idleBytes(dial: Dial, listener: ListenerProcess): Promise<number> {
  // What it allocates for the first links is for all of them.
  const first = await dialMany(dial, listener.address);
  const before = await listener.residentBytes();
  const links = await dialMany(dial, listener.address);
  const after = await listener.residentBytes();
  for (const link of [...first, ...links]) link.close();
  return Math.round((after - before) / IDLE_LINKS);
}

async function dialMany(dial: Dial, to: Address): Promise<{ close(): void }[]> {
  const links: { close(): void }[] = [];
  while (links.length < IDLE_LINKS) {
    links.push(...await Promise.all(Array.from({ length: AT_ONCE }, () => dial(to))));
  }
  return links;
}

/** The program of handshake_listener.ts, which answers to lines. */
class ListenerProcess implements AsyncDisposable {
  readonly address: Address;
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;

  private constructor(
    child: Deno.ChildProcess,
    lines: ReadableStreamDefaultReader<string>,
    address: Address,
  ) {
    this.#child = child;
    this.#lines = lines;
    this.#input = child.stdin.getWriter();
    this.address = address;
  }

  static async start(way: string): Promise<ListenerProcess> {
    const options = ["-q", "-A", "--no-lock", "--v8-flags=--expose-gc"];
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", ...options, "--import-map=.imports.json", "bench/handshake_listener.ts", way],
      cwd: ROOT,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value = "" } = await lines.read();
    return new ListenerProcess(child, lines, value.trim() as Address);
  }

  /** What it holds in memory, once it has cleared up. */
  async residentBytes(): Promise<number> {
    await this.#input.write(new TextEncoder().encode("\n"));
    const { value = "" } = await this.#lines.read();
    return Number(value);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    await this.#child.status;
    await this.#lines.cancel();
  }
}
