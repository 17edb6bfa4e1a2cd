/**
 * Seeded randomness. The core draws every random number from one of these, so a run is repeated by
 * repeating its seed; the real node differs from the simulated one only in where the seed comes from.
 *
 * Never used for keys or anything that must be unguessable.
 */

/** A source of random numbers. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
}

/**
 * The generator xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators", 2021), its state filled from the seed by SplitMix32.
 */
export class SeededRandom implements Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** @param seed any 32-bit integer; equal seeds give equal sequences */
  constructor(seed: number) {
    let state = seed >>> 0;
    const split = () => {
      state = (state + 0x9e3779b9) >>> 0;
      let z = state;
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      return (z ^ (z >>> 16)) >>> 0;
    };
    this.#a = split();
    this.#b = split();
    this.#c = split();
    this.#d = split();
  }

  /** An integer in [0, 2^32). */
  uint32(): number {
    const scrambled = Math.imul(rotl(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = rotl(this.#d, 11);
    return scrambled;
  }

  next(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  /** A generator of its own, so that one part's draws do not shift another's. */
  fork(): SeededRandom {
    return new SeededRandom(this.uint32());
  }
}

/** An integer in [0, below). */
export function randomInt(random: Random, below: number): number {
  return Math.floor(random.next() * below);
}

/** `items` in random order, as a new array (Fisher and Yates). */
export function shuffled<T>(random: Random, items: Iterable<T>): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = randomInt(random, i + 1);
    [order[i], order[j]] = [order[j] as T, order[i] as T];
  }
  return order;
}

function rotl(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}
