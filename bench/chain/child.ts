/** A program of this folder as a process of its own, which answers to lines. */

const ROOT = new URL("../../", import.meta.url);

/** A running program. Its standard input ends with it. */
export class Child implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<string>;
  #text = "";

  /** @param file in `bench/chain/` */
  constructor(file: string, ...args: string[]) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-q",
        "-A",
        "--no-lock",
        "--import-map=.imports.json",
        `bench/chain/${file}`,
        ...args,
      ],
      cwd: ROOT,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#output = this.#process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Gives it a line. */
  async tell(line: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
  }

  /**
   * Its next line.
   *
   * @throws {Error} when it ends without one
   */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#text.indexOf("\n");
      if (end >= 0) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 1);
        return line;
      }
      const { value, done } = await this.#output.read();
      if (done) throw new Error("A program of the benchmark ended early");
      this.#text += value;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#output.cancel();
    await this.#process.status;
  }
}

/** What came to the end of a line in one round. */
export interface Received {
  messages: number;
  elapsedMs: number;
}

/** The lines that this program is given, until there are no more. */
export async function* ownLines(): AsyncIterableIterator<string> {
  let text = "";
  for await (const piece of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (text + piece).split("\n");
    text = lines.pop() ?? "";
    yield* lines;
  }
}

/** Bytes of each message. */
export const MESSAGE_BYTES = 100;

/** What the first byte of a message says: when to begin counting, to count, and to tell the count. */
export const BEGIN = 1;
export const ONE = 2;
export const END = 3;

/** A message, or one of the two around them. */
export function messageOf(kind: number): Uint8Array {
  return new Uint8Array(MESSAGE_BYTES).fill(kind);
}

/** Counts what comes and prints it in the end. */
export class Counter {
  #messages = 0;
  #beginMs = 0;

  take(kind: number | undefined): void {
    if (kind === ONE) this.#messages++;
    else if (kind === BEGIN) {
      this.#messages = 0;
      this.#beginMs = performance.now();
    } else if (kind === END) {
      const received: Received = {
        messages: this.#messages,
        elapsedMs: performance.now() - this.#beginMs,
      };
      console.log(JSON.stringify(received));
    }
  }
}
