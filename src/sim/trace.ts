/**
 * A fingerprint of a run: everything that happened, in order, in one number. Two runs of the same seed
 * have the same fingerprint, or something in them was not decided by the seed.
 */
export class Trace {
  #a = 0x811c9dc5;
  #b = 0x01000193;

  /** Adds numbers. Fractions count. */
  numbers(...values: readonly number[]): void {
    for (const value of values) {
      this.#word(Math.floor(value));
      this.#word((value % 1) * 0x1_0000_0000);
    }
  }

  bytes(bytes: Uint8Array): void {
    this.#word(bytes.length);
    for (let i = 0; i < bytes.length; i++) this.#word(bytes[i] as number);
  }

  text(text: string): void {
    this.#word(text.length);
    for (let i = 0; i < text.length; i++) this.#word(text.charCodeAt(i));
  }

  /** 16 hexadecimal digits. */
  get hash(): string {
    const hex = (word: number) => (word >>> 0).toString(16).padStart(8, "0");
    return hex(this.#a) + hex(this.#b);
  }

  #word(value: number): void {
    this.#a = Math.imul(this.#a ^ value, 0x01000193);
    this.#b = Math.imul(this.#b ^ (value + (this.#a >>> 15)), 0x85ebca6b);
  }
}
