/**
 * The little of DER (X.690) that a public key is written in, read strictly: every value has one form,
 * and whatever has another is refused, so that two texts never mean the same key.
 */

const INTEGER = 0x02, BIT_STRING = 0x03, SEQUENCE = 0x30;

/** Reads values one after the other. Every method throws a {@linkcode SyntaxError} at what is not strict. */
export class DerReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The inside of a sequence. */
  sequence(): DerReader {
    return new DerReader(this.#value(SEQUENCE));
  }

  /** The inside of a bit string of whole bytes. */
  bitString(): DerReader {
    const value = this.#value(BIT_STRING);
    if (value[0] !== 0) throw new SyntaxError("A bit string with unused bits, wanted whole bytes");
    return new DerReader(value.subarray(1));
  }

  /** An integer above zero. */
  positiveInteger(): bigint {
    const value = this.#value(INTEGER);
    const [first = 0x80, second = 0] = value;
    if (first >= 0x80) throw new SyntaxError("An integer below zero, wanted one above it");
    if (first === 0 && second < 0x80) throw new SyntaxError("An integer that begins with zeros");
    return BigInt(`0x${value.toHex()}`);
  }

  /** The next bytes as they are. */
  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new SyntaxError("A value that ends too early");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  /** Nothing may follow. */
  end(): void {
    if (this.#at < this.#bytes.length) throw new SyntaxError("Bytes after the end, wanted none");
  }

  #value(tag: number): Uint8Array {
    const [found] = this.take(1);
    if (found !== tag) throw new SyntaxError(`A value of the kind ${found}, wanted ${tag}`);
    return this.take(this.#length());
  }

  /** In one byte, or in up to two more: a key has no room for longer ones. */
  #length(): number {
    const [first = 0] = this.take(1);
    if (first < 0x80) return first;
    const width = first - 0x80;
    if (width < 1 || width > 2) throw new SyntaxError("A length of a form that no key needs");
    const length = this.take(width).reduce((sum, byte) => sum * 256 + byte, 0);
    if (length < (width === 1 ? 0x80 : 0x100)) throw new SyntaxError("A length in too many bytes");
    return length;
  }
}
