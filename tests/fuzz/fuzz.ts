/**
 * Tests by random input. Each run has a seed that says all about it, and a failure names its seed.
 * The ordinary tests take the same few seeds every time; for more of them, or for one again:
 *
 *     deno test --import-map=.imports.json tests/fuzz -- --runs=100000 --seed=5000
 *     deno test --import-map=.imports.json tests/fuzz --filter=Session -- --runs=1 --seed=1234
 */

import { randomInt, SeededRandom } from "../../src/base/random.ts";

/**
 * Registers a test that calls `run` with one seed after another.
 *
 * @param runs how many seeds the ordinary tests take, about a second's worth
 */
export function fuzz(name: string, runs: number, run: (random: SeededRandom) => void): void {
  Deno.test(name, () => {
    const first = option("seed") ?? 1;
    const count = option("runs") ?? runs;
    for (let seed = first; seed < first + count; seed++) {
      try {
        run(new SeededRandom(seed));
      } catch (error) {
        throw new Error(`Failed with --runs=1 --seed=${seed}: ${error}`, { cause: error });
      }
    }
  });
}

function option(name: string): number | undefined {
  const prefix = `--${name}=`;
  const given = Deno.args.find((arg) => arg.startsWith(prefix));
  return given === undefined ? undefined : Number(given.slice(prefix.length));
}

/** One of `items`. */
export function pick<T>(random: SeededRandom, items: readonly T[]): T {
  return items[randomInt(random, items.length)] as T;
}

/** Up to `most` random bytes. */
export function randomBytes(random: SeededRandom, most: number): Uint8Array {
  return Uint8Array.from({ length: randomInt(random, most + 1) }, () => randomInt(random, 256));
}

/** `bytes` with a few bits flipped, bytes replaced, cut out or doubled, or the end missing. */
export function mutated(random: SeededRandom, bytes: Uint8Array): Uint8Array {
  let result = bytes;
  for (let left = 1 + randomInt(random, 3); left > 0; left--) result = mutatedOnce(random, result);
  return result;
}

function mutatedOnce(random: SeededRandom, bytes: Uint8Array): Uint8Array {
  const at = randomInt(random, bytes.length);
  const to = Math.min(bytes.length, at + 1 + randomInt(random, 8));
  switch (randomInt(random, 5)) {
    case 0:
      return bytes.map((byte, each) => each === at ? byte ^ (1 << randomInt(random, 8)) : byte);
    case 1:
      return bytes.map((byte, each) => each === at ? randomInt(random, 256) : byte);
    case 2:
      return bytes.slice(0, at);
    case 3:
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(to)]);
    default:
      return Uint8Array.from([...bytes.subarray(0, to), ...bytes.subarray(at)]);
  }
}
