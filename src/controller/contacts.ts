/**
 * What came of every contact with other nodes that left no link behind: how the last attempt at each
 * address failed, how each caller was last turned away, how the last link with each node ended. It
 * decides nothing; it is kept to answer why a node is not up.
 *
 * Whatever works wipes out what failed before. All of it is bounded: what has not changed for longest
 * is forgotten first. Callers that proved a key are kept apart from those that did not, so that
 * whatever scans the port cannot push them out.
 */

import { type Address, splitAddress } from "../base/address.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import type { Ending } from "../diagnosis/facts.ts";
import type { CloseReason } from "../session/close_reason.ts";
import { type Link, peerNamed } from "./links.ts";
import type { NoticeNode } from "./notice.ts";

/** How an attempt, a call or a link ended. */
export interface Contact {
  reason: Ending;
  at: Instant;
  /** The address dialled, or the one that the caller came from. */
  address: Address;
  /** Whose key was proven, as far as it came. */
  met: NodeId | undefined;
}

/** A failed attempt. */
export interface FailedAttempt extends Contact {
  /** In a row, this one included. */
  failures: number;
}

/** Somebody who called and got no link. */
export interface FailedCall extends Contact {
  /** What the caller calls itself; empty where it did not come that far. */
  label: string;
  /** Where it listens, in its own words. */
  listens: Address | undefined;
}

/** Addresses, and nodes whose link ended, of which something is remembered. */
const MAX_REMEMBERED = 1_024;

/** Callers of whom something is remembered; as many again that proved no key. */
const MAX_CALLERS = 256;

export class Contacts {
  readonly #attempts = new Map<Address, FailedAttempt>();
  readonly #calls = new Map<NodeId, FailedCall>();
  readonly #strangers = new Map<Address, FailedCall>();
  readonly #endings = new Map<NodeId, Contact>();

  /** An attempt has reached somebody with whom there is a link, this or another. */
  handleReached(link: Link): void {
    if (link.direction === "outgoing") this.#attempts.delete(link.remote);
  }

  /** A link is up. */
  handleUp(link: Link): void {
    this.handleReached(link);
    const id = link.session.peer?.id;
    if (id === undefined) return;
    this.#calls.delete(id);
    this.#endings.delete(id);
  }

  /** The last link with a node ended. */
  handleDown(now: Instant, id: NodeId, link: Link, reason: CloseReason): void {
    const { address } = peerNamed(link);
    renew(this.#endings, id, { reason, at: now, address, met: id }, MAX_REMEMBERED);
  }

  /** An attempt came to nothing. */
  handleDialFailed(now: Instant, { remote, provenId }: Link, reason: CloseReason): void {
    const failures = (this.#attempts.get(remote)?.failures ?? 0) + 1;
    const attempt = { reason, at: now, address: remote, met: provenId, failures };
    renew(this.#attempts, remote, attempt, MAX_REMEMBERED);
  }

  /** A caller got no link. */
  handleCallFailed(now: Instant, link: Link, reason: CloseReason): void {
    const { remote: address, provenId: met, session: { peer } } = link;
    const listens = peer && peerNamed(link).address;
    const call = { reason, at: now, address, met, label: peer?.label ?? "", listens };
    if (met !== undefined) renew(this.#calls, met, call, MAX_CALLERS);
  }

  /** A caller was turned away before there was a link. */
  handleTurnedAway(now: Instant, address: Address, detail: string): void {
    const reason = { type: "turned-away" as const, detail };
    const call = { reason, at: now, address, met: undefined, label: "", listens: undefined };
    renew(this.#strangers, address, call, MAX_CALLERS);
  }

  /** How the last attempt at an address failed; undefined if it did not. */
  attemptAt(address: Address): FailedAttempt | undefined {
    return this.#attempts.get(address);
  }

  /** Addresses at which an attempt met a node, and came to nothing. */
  addressesOf(id: NodeId): Address[] {
    return [...this.#attempts.values()].filter(({ met }) => met === id)
      .map(({ address }) => address);
  }

  /** How a node last called in vain. */
  callOf(id: NodeId): FailedCall | undefined {
    return this.#calls.get(id);
  }

  /** The last call in vain from an address, or by a node that says to listen there. */
  callFrom(address: Address): FailedCall | undefined {
    const calls = [...this.#calls.values()];
    return calls.findLast((call) => call.address === address || call.listens === address) ??
      this.#strangers.get(address);
  }

  /** The last call in vain from a machine by somebody who proved no key, from whichever port. */
  callFromHost(address: Address): FailedCall | undefined {
    const { host } = splitAddress(address);
    return [...this.#strangers.values()]
      .findLast((call) => splitAddress(call.address).host === host);
  }

  /** How the last link with a node ended; undefined while one is up. */
  endingOf(id: NodeId): Contact | undefined {
    return this.#endings.get(id);
  }

  /** The nodes that called in vain. */
  callers(): NoticeNode[] {
    return [...this.#calls].map(([id, { label }]) => ({ id, label }));
  }
}

/** Puts a value last; of too many the first one goes. */
function renew<K, V>(map: Map<K, V>, key: K, value: V, maxCount: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > maxCount) map.delete(map.keys().next().value as K);
}
