import type { Interruption } from "../../src/cli/host.ts";

/** Ctrl-C, pressed by tests: of those who asked to be told, it aborts the newest. */
export class FakeInterruptions {
  readonly #open: AbortController[] = [];

  /** How many are asking to be told now. */
  get count(): number {
    return this.#open.length;
  }

  open(): Interruption {
    const controller = new AbortController();
    this.#open.push(controller);
    return {
      signal: controller.signal,
      [Symbol.dispose]: () => void this.#open.splice(this.#open.indexOf(controller), 1),
    };
  }

  press(): void {
    this.#open.findLast(({ signal }) => !signal.aborted)?.abort();
  }
}
