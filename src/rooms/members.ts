/**
 * Who is in a room, as far as this node can tell. What a member says of itself and what the map
 * says of its node are put together:
 *
 *     says        map                       is
 *     left        anything                  left
 *     anything    its node left properly    left
 *     joined      its node is not reached   vanished, if it was there before
 *     joined      alive, and the same run   present
 *     joined      alive, but another run    as before for a moment, then as if not reached
 *
 * The last line is for nodes that begin anew. The room may hear before the map that there is a new
 * run, or the map before the room, and it may be that the new run does not join at all.
 */

import { equalBytes } from "../base/bytes.ts";
import { compareIds, type NodeId, shortId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import type { Standing } from "../topology/standings.ts";
import type { CarriedStatement, Statement } from "../wire/rooms.ts";
import type { Advertisement } from "../wire/topology.ts";

/** What is known of the nodes of the network, this one included. */
export interface NodeMap {
  get(id: NodeId): Pick<Advertisement, "publicKey" | "sealingKey" | "label"> | undefined;
  standing(id: NodeId): Standing | undefined;
}

/** Somebody in a room. */
export interface Member {
  id: NodeId;
  label: string;
}

/** That somebody came or went. */
export interface PresenceChange {
  type: "joined" | "left" | "vanished";
  member: Member;
}

/** A statement that was checked, and what follows from it. */
export interface Held {
  readonly statement: Statement;
  readonly carried: CarriedStatement;
  /** With which its signature was checked. */
  readonly publicKey: Uint8Array;
  /** The name that its node last had on the map. */
  label: string;
  /** `unseen`: it says that it has joined, but it was never there. */
  presence: "unseen" | "present" | "left" | "vanished";
  /** When that began. */
  since: Instant;
  /** Since when the map has another run of its node; undefined while it has this one. */
  otherRunSince: Instant | undefined;
}

/**
 * What those said who are gone is kept for so long, so that nobody who was away brings it up again
 * as news. Somebody who is alive and is brought up even later speaks up itself.
 */
const GONE_MS = 3_600_000;

/** The room and the map may be apart by so much about which run of a node is the present one. */
const OTHER_RUN_MS = 5_000;

export class Members {
  readonly #map: NodeMap;
  readonly #max: number;
  readonly #held = new Map<NodeId, Held>();
  #present: NodeId[] | undefined;
  #version = 0;
  #revision = 0;
  #changes: PresenceChange[] = [];
  #forgotten: NodeId[] = [];

  /** @param max statements that are held */
  constructor(map: NodeMap, max: number) {
    this.#map = map;
    this.#max = max;
  }

  /** Grows whenever somebody comes or goes. */
  get version(): number {
    return this.#version;
  }

  /** Grows with each statement too. */
  get revision(): number {
    return this.#revision;
  }

  get(id: NodeId): Held | undefined {
    return this.#held.get(id);
  }

  /** Every other node that ever said that it joined and is not forgotten. */
  all(): Iterable<Held> {
    return this.#held.values();
  }

  /** All other members that are there now, ordered by id. */
  present(): readonly NodeId[] {
    this.#present ??= [...this.#held.values()]
      .filter(({ presence }) => presence === "present")
      .map(({ statement }) => statement.id)
      .sort(compareIds);
    return this.#present;
  }

  isPresent(id: NodeId): boolean {
    return this.#held.get(id)?.presence === "present";
  }

  /** Who that is, as people are told. */
  member(id: NodeId): Member {
    const held = this.#held.get(id);
    // The map forgets those who are gone sooner than people do.
    const label = this.#map.get(id)?.label ?? held?.label ?? shortId(id);
    if (held !== undefined) held.label = label;
    return { id, label };
  }

  /** Who came and went, in order; empties the list. */
  takeChanges(): PresenceChange[] {
    const changes = this.#changes;
    if (changes.length > 0) this.#changes = [];
    return changes;
  }

  /** Of whom nothing is known any more; empties the list. */
  takeForgotten(): NodeId[] {
    const forgotten = this.#forgotten;
    if (forgotten.length > 0) this.#forgotten = [];
    return forgotten;
  }

  /** Whether a statement replaces what is held. */
  isNews({ id, epoch, left }: Statement): boolean {
    const held = this.#held.get(id)?.statement;
    if (held === undefined) return true;
    return epoch > held.epoch || (epoch === held.epoch && left && !held.left);
  }

  /** Whether there is room for one more, if need be in the place of somebody who is gone. */
  hasRoomFor(id: NodeId): boolean {
    return this.#held.has(id) || this.#held.size < this.#max || this.#longestGone() !== undefined;
  }

  /**
   * Keeps a statement that is news and was checked. What it is kept in stays: the frame it came in
   * is larger, so that is a copy.
   */
  put(now: Instant, statement: Statement, carried: CarriedStatement, publicKey: Uint8Array): void {
    const { id } = statement;
    const before = this.#held.get(id);
    if (before === undefined && this.#held.size >= this.#max) {
      const gone = this.#longestGone();
      if (gone === undefined) return;
      this.#forget(gone);
    }
    this.#revision++;
    const { body, signature } = carried;
    this.#held.set(id, {
      statement,
      carried: { body: body.slice(), signature: signature.slice() },
      publicKey,
      label: before?.label ?? shortId(id),
      presence: before?.presence ?? "unseen",
      since: before?.since ?? now,
      otherRunSince: undefined,
    });
    this.judge(now, id);
  }

  /** Works out anew whether somebody is there, and tells if that changed. */
  judge(now: Instant, id: NodeId, standing = this.#map.standing(id)): void {
    const held = this.#held.get(id);
    if (held === undefined) return;
    const before = held.presence;
    const after = this.#presenceOf(now, held, standing);
    if (before === after) return;
    held.presence = after;
    held.since = now;
    if (after !== "present" && before !== "present") return;
    this.#version++;
    this.#revision++;
    this.#present = undefined;
    const type = after === "present" ? "joined" : after === "left" ? "left" : "vanished";
    this.#changes.push({ type, member: this.member(id) });
  }

  /** Looks at all anew, and forgets who has been gone for long. */
  sweep(now: Instant): void {
    for (const [id, held] of this.#held) {
      this.judge(now, id);
      if (held.presence !== "present" && now >= held.since + GONE_MS) this.#forget(id);
    }
  }

  #presenceOf(now: Instant, held: Held, standing: Standing | undefined): Held["presence"] {
    const { statement, presence } = held;
    if (statement.left || standing === "left") return "left";
    const away = presence === "present" ? "vanished" : presence;
    if (standing !== "alive") return away;
    const run = this.#map.get(statement.id)?.sealingKey;
    if (run !== undefined && equalBytes(run, statement.run)) {
      held.otherRunSince = undefined;
      return "present";
    }
    held.otherRunSince ??= now;
    return now >= held.otherRunSince + OTHER_RUN_MS ? away : presence;
  }

  #forget(id: NodeId): void {
    this.#held.delete(id);
    this.#forgotten.push(id);
  }

  #longestGone(): NodeId | undefined {
    let longest: Held | undefined;
    for (const held of this.#held.values()) {
      if (held.presence === "present") continue;
      if (longest === undefined || held.since < longest.since) longest = held;
    }
    return longest?.statement.id;
  }
}
