/** What a node could know of another one. */

import { type Address, parseAddress } from "../../src/base/address.ts";
import type { NodeId } from "../../src/base/node_id.ts";
import type { AddressFacts, Facts, Failure } from "../../src/diagnosis/facts.ts";
import { id } from "../report/networks.ts";

export const NOW = Date.UTC(2026, 10, 21, 10);
export const MINUTE_MS = 60_000;
export const BOB = id("bob");
export const ERIN = id("erin");
export const FRANK = id("frank");
export const HOME = parseAddress("[::1]:8105");
export const AWAY = parseAddress("erin.example:8105");

/** Erin as bob sees her: she was met in an earlier run, and that is all. */
export function facts(rest: Partial<Facts> = {}): Facts {
  return {
    now: NOW,
    self: BOB,
    program: "area-net -p bob",
    own: parseAddress("[::1]:8095"),
    peer: { id: ERIN, label: "erin", address: undefined },
    linkedSince: undefined,
    path: undefined,
    heard: undefined,
    linkedBy: [],
    isEndedByHand: false,
    bannedUntil: undefined,
    distrust: undefined,
    isWanted: false,
    addresses: [],
    call: undefined,
    ended: undefined,
    lastUp: undefined,
    ...rest,
  };
}

/** One address at which nothing was tried yet. */
export function place(rest: Partial<AddressFacts> = {}): AddressFacts {
  return {
    address: HOME,
    failure: undefined,
    failures: 0,
    isDialling: false,
    nextAt: undefined,
    pinned: undefined,
    linked: undefined,
    ...rest,
  };
}

/** Something that failed, some minutes ago. */
export function failed(
  reason: Failure["reason"],
  minutesAgo = 1,
  { address = HOME, met }: { address?: Address; met?: NodeId } = {},
): Failure {
  return { reason, at: NOW - minutesAgo * MINUTE_MS, address, met };
}

/** An attempt that failed, at the address where it did. */
export function attempt(
  reason: Failure["reason"],
  minutesAgo?: number,
  { address = HOME, met, ...rest }: Partial<AddressFacts> & { met?: NodeId } = {},
): AddressFacts {
  const failure = failed(reason, minutesAgo, { address, ...(met !== undefined && { met }) });
  return place({ address, failures: 1, failure, ...rest });
}
