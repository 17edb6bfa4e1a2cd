/**
 * What is seen on a terminal: text, wrapped at its width, and the few control sequences that a line
 * editor uses. It is as long as needed; nothing scrolls away.
 */
export class Screen {
  readonly #columns: number;
  readonly #rows: string[][] = [[]];
  #row = 0;
  #column = 0;
  #changedAt = performance.now();

  constructor(columns: number) {
    this.#columns = columns;
  }

  write(text: string): void {
    this.#changedAt = performance.now();
    for (const [token, args, final] of text.matchAll(TOKEN)) {
      if (final !== undefined) this.#control(final, Number(args || 0));
      else if (token === "\r") this.#column = 0;
      else if (token === "\n") this.#newLine();
      else this.#put(token);
    }
  }

  /** All rows, without the spaces at their ends and without empty rows at the end. */
  text(): string {
    return this.#rows.map((row) => Array.from(row, (cell) => cell ?? " ").join("").trimEnd())
      .join("\n").trimEnd();
  }

  /** Whether nothing was written in the last moments: every key has had its effect. */
  isQuiet(): boolean {
    return performance.now() - this.#changedAt > QUIET_MS;
  }

  #put(char: string): void {
    // As terminals do: at the end of a row the cursor waits there for the next character.
    if (this.#column === this.#columns) this.#newLine();
    this.#current()[this.#column++] = char;
  }

  /** A terminal in the mode that editors use begins a new row at its beginning. */
  #newLine(): void {
    this.#row++;
    this.#column = 0;
    this.#current();
  }

  #control(final: string, count: number): void {
    const column = Math.min(this.#column, this.#columns - 1);
    if (final === "A") this.#row = Math.max(0, this.#row - (count || 1));
    else if (final === "B") this.#row += count || 1;
    else if (final === "C") this.#column = Math.min(this.#columns - 1, column + (count || 1));
    else if (final === "D") this.#column = Math.max(0, column - (count || 1));
    else if (final === "G") this.#column = Math.max(1, count) - 1;
    else if (final === "J" && count === 0) this.#clearDown();
    else throw new Error(`Expected no control sequence that ends in ${final} with ${count}`);
  }

  #clearDown(): void {
    this.#current().length = Math.min(this.#current().length, this.#column);
    this.#rows.length = this.#row + 1;
  }

  #current(): string[] {
    while (this.#rows.length <= this.#row) this.#rows.push([]);
    return this.#rows[this.#row] as string[];
  }
}

/** A control sequence, or one character. */
// deno-lint-ignore no-control-regex -- they are what this is about
const TOKEN = /\x1b\[([\d;]*)([A-Za-z])|[^]/gu;

const QUIET_MS = 20;
