/** Peers to know, for the tests of what is remembered. */

import { type Address, parseAddress } from "../../src/base/address.ts";
import type { KnownPeer, MetPeer } from "../../src/identity/known_peers.ts";
import { signerOf } from "./signers.ts";

/** 21 November 2026, 10:00 UTC. */
export const NOW = 1_795_255_200_000;

/** The address number `number`. */
export function addressOf(number: number): Address {
  return parseAddress(`[fd00::${number.toString(16)}]:8083`);
}

/** What the node with the key `number` says of itself when it is met. */
export function met(number: number, rest: Partial<MetPeer> = {}): MetPeer {
  const label = `node${number}`;
  return { id: signerOf(number).id, label, address: addressOf(number), formerly: [], ...rest };
}

/** The node with the key `number` as it is remembered. */
export function known(number: number, rest: Partial<KnownPeer> = {}): KnownPeer {
  return {
    id: signerOf(number).id,
    label: `node${number}`,
    addresses: [addressOf(number)],
    firstSeen: NOW,
    lastSeen: NOW,
    pinned: false,
    formerly: [],
    ...rest,
  };
}
