/** Keys for tests, and what is signed with them. One store of keys, so that each can check all others. */

import type { Signer } from "../../src/base/ports.ts";
import { SeededRandom } from "../../src/base/random.ts";
import { successionStatement } from "../../src/identity/successions.ts";
import { FastCrypto } from "../../src/sim/fast_crypto.ts";
import type { Succession } from "../../src/wire/succession.ts";
import { byId } from "../topology/ids.ts";

/** Checks what the signers below sign. */
export const CRYPTO = new FastCrypto();

const SIGNERS = Array.from({ length: 100 }, (_, seed) => CRYPTO.newSigner(new SeededRandom(seed)))
  .sort(byId);

/** The key number `number`, 0 to 99; ids are ordered as their numbers are. */
export function signerOf(number: number): Signer {
  const signer = SIGNERS[number];
  if (signer === undefined) throw new RangeError(`There is no key ${number}`);
  return signer;
}

/** The change from one key to another, signed by the old one or by whoever is given. */
export function successionOf(
  from: number,
  to: number,
  { atMs = 1_000, by = from }: { atMs?: number; by?: number } = {},
): Succession {
  const oldKey = signerOf(from).publicKey;
  const newKey = signerOf(to).publicKey;
  const statement = successionStatement(CRYPTO, { oldKey, newKey, atMs });
  return { oldKey, newKey, atMs, signature: signerOf(by).sign(statement) };
}
