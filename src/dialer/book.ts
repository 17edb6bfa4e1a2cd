/**
 * The addresses that a node may dial, why, and how each of them stands.
 *
 * The book holds addresses of four kinds:
 *
 * - `target`: somebody asked for this link (the target file, `connect`). Never given up: as long as no
 *   link to the node behind it is up, it is dialled again after a backoff that stops growing at the cap.
 * - `candidate`: a node of the network that this node has no link to, or an address remembered from
 *   an earlier run. Dialled only while there are fewer links than wanted; after a few failures it is
 *   left to rest and another takes its place.
 * - `companion`: a node with which this one has much to do, such as a member of its rooms. Dialled like
 *   a candidate, but however many links there are, for as long as that is so.
 * - `lost`: a node that was in the network and vanished without a word. Perhaps the network was
 *   torn and the other half is alive behind it, so it is dialled once a cap; for as long as it takes,
 *   since a split has no longest duration.
 *
 * An entry is `linked` only when it was this node that reached somebody there: an incoming node's
 * word about where it listens must not keep us from dialling a target.
 *
 *        waiting ──(due)──► dialling ──(up, or a duplicate)──► linked ──(link down)──► waiting
 *           ▲                  │
 *           └────(failed)──────┘
 */

import type { Address } from "../base/address.ts";
import type { LinkId } from "../base/link_id.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";

/** Why an address is in the book; `unwanted` until the attempt that is under way there has ended. */
export type Origin = "target" | "companion" | "candidate" | "lost" | "unwanted";

export type EntryState =
  | { type: "waiting"; at: Instant }
  | { type: "dialling"; link: LinkId; startedAt: Instant }
  | { type: "linked"; id: NodeId };

/** What the book holds of one address. */
export interface Entry {
  address: Address;
  origin: Origin;
  /** The node last reached there, or said to be there. */
  id: NodeId | undefined;
  state: EntryState;
  /** Failures in a row. */
  failures: number;
  lastFailure: string | undefined;
}

export class Book {
  readonly #entries = new Map<Address, Entry>();

  get(address: Address): Entry | undefined {
    return this.#entries.get(address);
  }

  all(): Iterable<Entry> {
    return this.#entries.values();
  }

  /** A new entry, due at `at`, in place of any other for the same address. */
  add(at: Instant, address: Address, origin: Origin, id: NodeId | undefined): Entry {
    const state = { type: "waiting" as const, at };
    const entry: Entry = { address, origin, id, state, failures: 0, lastFailure: undefined };
    this.#entries.set(address, entry);
    return entry;
  }

  remove(entry: Entry | undefined): void {
    if (entry !== undefined) this.#entries.delete(entry.address);
  }

  where(which: (entry: Entry) => boolean): Entry[] {
    return [...this.#entries.values()].filter(which);
  }

  /** Those at which an attempt is under way. */
  dialling(): Entry[] {
    return this.where(({ state }) => state.type === "dialling");
  }

  /** Those of one origin that are neither dialled nor linked. */
  idle(origin: Origin): Entry[] {
    return this.where((entry) => entry.origin === origin && entry.state.type === "waiting");
  }

  /** Those of one origin that may be dialled now; who has waited longest comes first. */
  due(now: Instant, origin: Origin): Entry[] {
    const due = this.idle(origin).filter((entry) => dueAt(entry) <= now);
    return due.sort((a, b) => dueAt(a) - dueAt(b));
  }

  /** The one at which the attempt `link` was made. */
  dialledAs(link: LinkId): Entry | undefined {
    return this.where(({ state }) => state.type === "dialling" && state.link === link)[0];
  }
}

/** When an entry may be dialled. */
export function dueAt({ state }: Entry): Instant {
  return state.type === "waiting" ? state.at : Infinity;
}
