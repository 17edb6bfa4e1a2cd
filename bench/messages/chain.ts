/** The processes between a sender and a recipient, both included, and what they are asked. */

import { TextLineStream } from "@std/streams";
import type { Figures, Load } from "./load.ts";
import { USAGE, type Usage } from "./program.ts";

const ROOT = new URL("../../", import.meta.url);

/** How long a process may take to answer, in milliseconds, beyond what it is asked to do. */
const PATIENCE_MS = 30_000;

/** What a load came to, and what it cost the relays. */
export interface Outcome extends Figures {
  /** One for each relay, in no order that matters. */
  relays: readonly RelayCost[];
}

/** What a load cost one relay. */
export interface RelayCost {
  rssBytes: number;
  cpuMs: number;
  elapsedMs: number;
}

/** The processes of one program. */
export class Chain implements AsyncDisposable {
  readonly #sender: Helper;
  readonly #relays: readonly Helper[];
  readonly #all: AsyncDisposableStack;

  private constructor(sender: Helper, relays: readonly Helper[], all: AsyncDisposableStack) {
    this.#sender = sender;
    this.#relays = relays;
    this.#all = all;
  }

  /**
   * Starts the processes, from the recipient to the sender.
   *
   * @param file the program, in this folder
   * @param hops how many links a message passes
   */
  static async start(file: string, hops: number): Promise<Chain> {
    await using stack = new AsyncDisposableStack();
    const start = async (role: string, next?: string) =>
      stack.use(await Helper.start(file, role, next));
    let { place } = await start("recipient");
    const relays: Helper[] = [];
    while (relays.length < hops - 1) {
      const relay = await start("relay", place);
      relays.push(relay);
      place = relay.place;
    }
    const sender = await start("sender", place);
    return new Chain(sender, relays, stack.move());
  }

  async carry(load: Load): Promise<Outcome> {
    const before = await this.#usages();
    const figures = await this.#sender.ask<Figures>(JSON.stringify(load), load.durationMs);
    const after = await this.#usages();
    const relays = after.map(({ rssBytes, cpuMs, atMs }, index) => {
      const { cpuMs: cpuBefore = NaN, atMs: begin = NaN } = before[index] ?? {};
      return { rssBytes, cpuMs: cpuMs - cpuBefore, elapsedMs: atMs - begin };
    });
    return { ...figures, relays };
  }

  #usages(): Promise<Usage[]> {
    return Promise.all(this.#relays.map((relay) => relay.ask<Usage>(USAGE)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#all.disposeAsync();
  }
}

/** One process, which answers to lines as program.ts says. */
class Helper implements AsyncDisposable {
  readonly #name: string;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #place = "";

  private constructor(name: string, child: Deno.ChildProcess) {
    this.#name = name;
    this.#child = child;
    this.#input = child.stdin.getWriter();
    this.#lines = child.stdout
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())
      .getReader();
  }

  static async start(file: string, role: string, next?: string): Promise<Helper> {
    const path = `bench/messages/${file}`;
    const place = next === undefined ? [] : [next];
    // Without the lock, or what only a benchmark needs would be in it, and be fetched by every node.
    const options = ["-q", "-A", "--no-lock", "--import-map=.imports.json"];
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", ...options, path, role, ...place],
      cwd: ROOT,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const helper = new Helper(`The ${role} of ${path}`, child);
    try {
      helper.#place = await helper.#answer(PATIENCE_MS);
      return helper;
    } catch (error) {
      await helper[Symbol.asyncDispose]();
      throw error;
    }
  }

  get place(): string {
    return this.#place;
  }

  /** @param workMs how long the work takes that is asked for */
  async ask<Answer>(line: string, workMs = 0): Promise<Answer> {
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
    return JSON.parse(await this.#answer(workMs + PATIENCE_MS)) as Answer;
  }

  async #answer(timeoutMs: number): Promise<string> {
    // A process that is stuck ends, and so does the stream of its lines.
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), timeoutMs);
    const { value } = await this.#lines.read().finally(() => clearTimeout(timer));
    if (value !== undefined) return value;
    const { code } = await this.#child.status;
    throw new Error(
      `${this.#name} ended with ${code}, wanted an answer within ${timeoutMs} ms: ` +
        "see what it printed above, or why it was stuck",
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // It may have ended before, and taken its end of the pipe along.
    await this.#input.close().catch(() => {});
    await this.#lines.cancel();
    await this.#child.status;
  }
}
