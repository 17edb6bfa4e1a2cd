/**
 * When the next picture is drawn. Each one is followed by a rest in proportion to what it cost, so a
 * large network moves in fewer pictures a second instead of taking the whole of a core. While nothing
 * asks for a picture, nothing is drawn at all.
 */

/**
 * So many times the cost of working it out passes until the next picture. To paint it costs some five
 * times as much, so that all of it stays below half of a core.
 */
const REST = 24;
const SLOW_MS = 60;

export class Pacer {
  readonly #draw: () => void;
  #isAsked = false;
  #notBefore = 0;
  #cost = 0;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  /** What pictures cost lately, in milliseconds. */
  get cost(): number {
    return this.#cost;
  }

  /** Whether there are so few pictures a second that more should happen from one to the next. */
  get isSlow(): boolean {
    return this.#cost * REST > SLOW_MS;
  }

  /** Asks for a picture. Many askings before it are one. */
  ask(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    const wait = this.#notBefore - performance.now();
    if (wait > 8) setTimeout(() => requestAnimationFrame(() => this.#run()), wait);
    else requestAnimationFrame(() => this.#run());
  }

  #run(): void {
    this.#isAsked = false;
    const begin = performance.now();
    this.#draw();
    const cost = performance.now() - begin;
    this.#cost += (cost - this.#cost) / 4;
    this.#notBefore = begin + cost * REST;
  }
}
