/**
 * The lies that a liar tells of the network. Each makes one advertisement out of what the liar has:
 * a key of its own, and what it has heard of honest nodes.
 */

import type { NodeId } from "../../src/base/node_id.ts";
import type { Signer } from "../../src/base/ports.ts";
import { randomInt, type SeededRandom } from "../../src/base/random.ts";
import { MAX_SEQUENCE } from "../../src/wire/limits.ts";
import {
  type Advertisement,
  type CarriedAdvertisement,
  decodeAdvertisement,
  encodeAdvertisement,
} from "../../src/wire/topology.ts";

/** What a liar has to make lies of. */
export interface Material {
  /** The liar's own key. */
  signer: Signer;
  random: SeededRandom;
  /** An advertisement of an honest node, as it was heard. */
  heard: CarriedAdvertisement;
  /** What the liar would say of itself if it were honest. */
  own: Advertisement;
  /** Honest nodes that it has heard of. */
  others: readonly NodeId[];
}

const YEAR_MS = 365 * 24 * 3_600_000;

/** Every kind of lie, by name. */
export const LIES = {
  "a signature made up": ({ heard, random }) => ({
    body: encodeAdvertisement(renewed(heard)),
    signature: heard.signature.map(() => randomInt(random, 256)),
  }),
  "the signature of another text": ({ heard }) => ({
    body: encodeAdvertisement(renewed(heard)),
    signature: heard.signature,
  }),
  "another's id with the liar's key": ({ heard, signer }) =>
    signed(signer, { ...renewed(heard), publicKey: signer.publicKey }),
  "another's id and key with the liar's signature": ({ heard, signer }) =>
    signed(signer, { ...renewed(heard), label: "usurper", links: [] }),
  "the liar's id with another's key": ({ heard, own, signer }) =>
    signed(signer, { ...own, publicKey: renewed(heard).publicKey }),
  "another's goodbye": ({ heard, signer }) =>
    signed(signer, { ...renewed(heard), left: true, links: [] }),
  "another's goodbye under its own signature": ({ heard }) => ({
    body: encodeAdvertisement({ ...renewed(heard), left: true, links: [] }),
    signature: heard.signature,
  }),
  "the highest sequence there is": ({ heard, signer }) =>
    signed(signer, { ...renewed(heard), sequence: MAX_SEQUENCE }),
  "a changed byte of the text": ({ heard: { body, signature }, random }) => ({
    body: withOtherByte(body, random),
    signature,
  }),
  "a changed byte of the signature": ({ heard, random }) => ({
    body: encodeAdvertisement(renewed(heard)),
    signature: withOtherByte(heard.signature, random),
  }),
  "an old truth": ({ heard }) => heard,
  "a date far ahead": ({ own, signer }) =>
    signed(signer, { ...own, sequence: own.sequence + YEAR_MS }),
  "a date long past": ({ own, signer }) =>
    signed(signer, { ...own, sequence: own.sequence - YEAR_MS }),
  "being the heir of another": ({ heard, own, signer }) => {
    const oldKey = renewed(heard).publicKey;
    const newKey = signer.publicKey;
    const succession = { oldKey, newKey, atMs: own.sequence, signature: heard.signature };
    return signed(signer, { ...own, successions: [succession] });
  },
  "being the heir of another by the heir's own word": ({ heard, own, signer }) =>
    signed(signer, { ...own, successions: renewed(heard).successions }),
  "links with everybody": ({ own, others, signer }) => {
    const links = others.flatMap((peer) => [
      { peer, dialled: true, rttUs: 1 },
      { peer, dialled: false, rttUs: 1 },
    ]);
    return signed(signer, { ...own, links });
  },
  "listening where another does": ({ heard, own, signer }) =>
    signed(signer, { ...own, addresses: renewed(heard).addresses }),
} satisfies Record<string, (material: Material) => CarriedAdvertisement>;

export type Lie = keyof typeof LIES;

/** An advertisement with the signature that belongs to the key. */
export function signed(signer: Signer, advertisement: Advertisement): CarriedAdvertisement {
  const body = encodeAdvertisement(advertisement);
  return { body, signature: signer.sign(body) };
}

/** What was heard, but newer, so that it would take the place of it. */
function renewed({ body }: CarriedAdvertisement): Advertisement {
  const heard = decodeAdvertisement(body);
  return { ...heard, sequence: heard.sequence + 1_000 };
}

function withOtherByte(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const changed = bytes.slice();
  const at = randomInt(random, bytes.length);
  changed[at] = (changed[at] as number) ^ (1 + randomInt(random, 255));
  return changed;
}
