/** Programs run as processes of their own, by tests that kill and signal them. */

import { until } from "./until.ts";

const ROOT = new URL("../../", import.meta.url);

/** What a program printed and how it ended. */
export interface Outcome {
  code: number;
  out: string;
  err: string;
}

/** Where a program runs and what it is given. */
export interface ProgramOptions {
  args?: string[];
  cwd?: string | URL;
  env?: Record<string, string>;
  /** Whether the test types into its standard input, which is empty otherwise. */
  typed?: boolean;
}

/**
 * A module of this project as a program that may do anything.
 *
 * @param module below the repository's folder, such as `tests/io/store_writer.ts`
 */
export function runModule(module: string, args: readonly string[]): Program {
  const options = ["-A", "-q", "--no-lock", "--import-map=.imports.json"];
  return new Program(Deno.execPath(), { args: ["run", ...options, module, ...args] });
}

/** A running program, all of whose output is kept. Dispose of it and it is gone. */
export class Program implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #read: Promise<void[]>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #ended = false;
  out = "";
  err = "";

  constructor(command: string, { cwd = ROOT, typed = false, env, ...options }: ProgramOptions) {
    this.#child = new Deno.Command(command, {
      ...options,
      cwd,
      stdin: typed ? "piped" : "null",
      stdout: "piped",
      stderr: "piped",
      env: { NO_COLOR: "1", ...env },
    }).spawn();
    if (typed) this.#input = this.#child.stdin.getWriter();
    this.#read = Promise.all([
      collect(this.#child.stdout, (text) => this.out += text),
      collect(this.#child.stderr, (text) => this.err += text),
    ]);
    this.#read.then(() => this.#ended = true);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Whether it has ended, so far as its output tells. */
  get ended(): boolean {
    return this.#ended;
  }

  /**
   * Waits until the program has printed `text` to standard output.
   *
   * @throws {Error} with all it said, when it ends without
   */
  async untilSaid(text: string): Promise<void> {
    await until(() => this.#ended || this.out.includes(text));
    if (!this.out.includes(text)) {
      throw new Error(`Expected "${text}", the program ended after: ${this.out}${this.err}`);
    }
  }

  /** Types into its standard input. */
  async type(text: string): Promise<void> {
    await this.#input?.write(new TextEncoder().encode(text));
  }

  /** Ends its standard input. */
  async closeInput(): Promise<void> {
    // It may have ended before, and its input with it.
    await this.#input?.close().catch(() => {});
  }

  /** Whether it was still there to be signalled. */
  signal(signal: Deno.Signal): boolean {
    try {
      this.#child.kill(signal);
      return true;
    } catch (error) {
      if (error instanceof TypeError) return false;
      throw error;
    }
  }

  /** Waits for the end. */
  async outcome(): Promise<Outcome> {
    const [{ code }] = await Promise.all([this.#child.status, this.#read]);
    return { code, out: this.out, err: this.err };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal("SIGKILL");
    await Promise.all([this.closeInput(), this.outcome()]);
  }
}

async function collect(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (text: string) => void,
): Promise<void> {
  for await (const text of stream.pipeThrough(new TextDecoderStream())) take(text);
}
