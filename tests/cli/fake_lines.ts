import type { Interruption, LineOptions, Lines } from "../../src/cli/host.ts";
import { FakeInterruptions } from "./fake_interruptions.ts";

/** A line to type, or what to do before the next one: something that takes its time, or Ctrl-C. */
export type Step = string | (() => void | Promise<void>);

/** Lines as a test types them, and all that is shown around them. */
export class FakeLines implements Lines {
  readonly isTerminal: boolean;
  readonly interruptions = new FakeInterruptions();
  readonly #steps: Step[];
  /** Whether the lines end with the last step, or nobody types any more. */
  readonly #ends: boolean;
  readonly #readers: { wanted: string; resolve: () => void }[] = [];
  options: LineOptions | undefined;
  isClosed = false;
  stdout = "";
  stderr = "";

  constructor(steps: readonly Step[], { isTerminal = true, ends = true } = {}) {
    this.#steps = [...steps];
    this.isTerminal = isTerminal;
    this.#ends = ends;
  }

  async next(): Promise<string | undefined> {
    for (;;) {
      const step = this.#steps.shift();
      if (step === undefined) return this.#ends ? undefined : await new Promise(() => {});
      if (typeof step === "string") return step;
      await step();
    }
  }

  out(text: string): void {
    this.stdout += text;
    for (const { wanted, resolve } of this.#readers) if (this.stdout.includes(wanted)) resolve();
  }

  /** Waits until `wanted` was printed to standard output. */
  said(wanted: string): Promise<void> {
    if (this.stdout.includes(wanted)) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#readers.push({ wanted, resolve });
    return promise;
  }

  err(text: string): void {
    this.stderr += text;
  }

  interruption(): Interruption {
    return this.interruptions.open();
  }

  [Symbol.dispose](): void {
    this.isClosed = true;
  }
}
