/**
 * The peers that this node has met: who they are, where they were, and whether a key is pinned to
 * its address. Kept over restarts, so that a node finds back into its network when all its
 * initial targets are down, and notices when somebody else sits at a known address.
 *
 * `known_peers.json`, as people see it:
 *
 *     { "version": 1, "peers": [ { "id": "…", "label": "alice", "addresses": ["[::1]:8090"],
 *       "first_seen": "2026-11-21T10:00:00.000Z", "last_seen": "…", "pinned": true, "formerly": [] } ] }
 */

import { type Address, parseAddress } from "../base/address.ts";
import { compareIds, type NodeId, nodeIdToBytes } from "../base/node_id.ts";

/** One peer that was met. Times in milliseconds since 1970. */
export interface KnownPeer {
  id: NodeId;
  label: string;
  /** Where it can be dialled; of a pinned peer, those where it was reached, and not what it says. */
  addresses: Address[];
  firstSeen: number;
  lastSeen: number;
  /** Whether only this id is accepted when its addresses are dialled. */
  pinned: boolean;
  /** Ids that it had before, oldest first. */
  formerly: NodeId[];
}

/** What a peer says of itself when it is met. */
export interface MetPeer {
  id: NodeId;
  label: string;
  address: Address;
  /** Ids that it had before, as its signed successions tell. */
  formerly: readonly NodeId[];
}

/** A peer that is there all the time is noted as seen at most this often, in milliseconds. */
const SEEN_MS = 600_000;

/** Addresses remembered of one peer, those met last first. */
const MAX_ADDRESSES = 8;

export class KnownPeers {
  readonly #peers = new Map<NodeId, KnownPeer>();
  readonly #maxCount: number;

  /** @param maxCount peers held at the most; the pinned ones are dropped last, then those seen last */
  constructor(maxCount: number, peers: readonly KnownPeer[] = []) {
    this.#maxCount = maxCount;
    this.replace(peers);
  }

  /** Takes the place of all that is known, as after an edit of the file. */
  replace(peers: readonly KnownPeer[]): void {
    this.#peers.clear();
    for (const peer of peers) this.#peers.set(peer.id, { ...peer });
    this.#prune();
  }

  /** Every peer, those seen last first. */
  all(): KnownPeer[] {
    return [...this.#peers.values()].sort((a, b) =>
      b.lastSeen - a.lastSeen || compareIds(a.id, b.id)
    );
  }

  get(id: NodeId): KnownPeer | undefined {
    return this.#peers.get(id);
  }

  /** The peer that alone is accepted at an address, if one is pinned there. */
  pinnedAt(address: Address): KnownPeer | undefined {
    return [...this.#peers.values()].find((peer) =>
      peer.pinned && peer.addresses.includes(address)
    );
  }

  /**
   * A peer was met; it takes over what is known of the ids that it had before.
   *
   * @param pinAt an address at which only this peer is accepted from now on, if there is one
   */
  meet({ id, label, address, formerly }: MetPeer, wallMs: number, pinAt?: Address): void {
    const before = [id, ...formerly].flatMap((each) => this.#peers.get(each) ?? []);
    for (const each of formerly) this.#peers.delete(each);
    const pinned = pinAt !== undefined || before.some((each) => each.pinned);
    // A pinned peer must not claim the address of another by saying that it listens there.
    const pins = before.filter((each) => each.pinned).flatMap(({ addresses }) => addresses);
    if (pinAt !== undefined) pins.unshift(pinAt);
    const heard = [address, ...before.flatMap(({ addresses }) => addresses)];
    this.#peers.set(id, {
      id,
      label,
      addresses: [...new Set(pinned ? pins : heard)].slice(0, MAX_ADDRESSES),
      firstSeen: Math.min(wallMs, ...before.map(({ firstSeen }) => firstSeen)),
      lastSeen: wallMs,
      pinned,
      formerly: [...formerly],
    });
    this.#prune();
  }

  /** A peer is there: its time is brought up to date when that is worth a change of the file. */
  see(id: NodeId, wallMs: number): void {
    const peer = this.#peers.get(id);
    if (peer !== undefined && wallMs >= peer.lastSeen + SEEN_MS) peer.lastSeen = wallMs;
  }

  /** From now on only `id` is accepted at `address`. The peer must have been met. */
  pin(id: NodeId, address: Address): void {
    const peer = this.#peers.get(id);
    if (peer === undefined) return;
    const pins = peer.pinned ? peer.addresses : [];
    peer.addresses = [...new Set([address, ...pins])].slice(0, MAX_ADDRESSES);
    peer.pinned = true;
  }

  /**
   * From now on only `id` is accepted at `address`, whether it was met or not.
   *
   * @returns those who were pinned there, and are no more
   */
  trust(id: NodeId, address: Address): KnownPeer[] {
    const rivals = this.all().filter((peer) =>
      peer.id !== id && peer.pinned && peer.addresses.includes(address)
    );
    for (const { id } of rivals) {
      this.#peers.set(id, { ...this.#peers.get(id) as KnownPeer, pinned: false });
    }
    if (!this.#peers.has(id)) {
      const never = { firstSeen: 0, lastSeen: 0, pinned: false, formerly: [] };
      this.#peers.set(id, { id, label: "", addresses: [], ...never });
    }
    this.pin(id, address);
    this.#prune();
    return rivals;
  }

  #prune(): void {
    if (this.#peers.size <= this.#maxCount) return;
    const kept = this.all().sort((a, b) => Number(b.pinned) - Number(a.pinned));
    for (const { id } of kept.slice(this.#maxCount)) this.#peers.delete(id);
  }
}

/** The text of `known_peers.json`. */
export function formatKnownPeers(peers: readonly KnownPeer[]): string {
  const list = peers.map(({ firstSeen, lastSeen, pinned, formerly, ...peer }) => ({
    ...peer,
    first_seen: new Date(firstSeen).toISOString(),
    last_seen: new Date(lastSeen).toISOString(),
    pinned,
    formerly,
  }));
  return JSON.stringify({ version: 1, peers: list }, undefined, 2) + "\n";
}

/**
 * What the text of `known_peers.json` says.
 *
 * @throws {SyntaxError} saying which peer is wrong, and how
 */
export function parseKnownPeers(text: string): KnownPeer[] {
  const file = JSON.parse(text) as { version?: unknown; peers?: unknown };
  if (file?.version !== 1 || !Array.isArray(file.peers)) {
    throw new SyntaxError('Wanted an object with "version": 1 and an array "peers"');
  }
  const ids = new Set<NodeId>();
  return file.peers.map((value: unknown, at) => {
    try {
      const peer = readPeer(value);
      if (ids.has(peer.id)) throw new SyntaxError(`${peer.id} stands there twice`);
      ids.add(peer.id);
      return peer;
    } catch (error) {
      throw new SyntaxError(`Peer ${at + 1}: ${(error as Error).message}`);
    }
  });
}

function readPeer(value: unknown): KnownPeer {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SyntaxError(`${JSON.stringify(value)} is no object`);
  }
  const peer = value as Record<string, unknown>;
  const { pinned = false } = peer;
  if (typeof pinned !== "boolean") {
    throw new SyntaxError(`pinned is ${JSON.stringify(pinned)}, wanted true or false`);
  }
  return {
    id: readId(peer.id),
    label: typeof peer.label === "string" ? peer.label : "",
    addresses: readList(peer.addresses, "addresses").map((each) => parseAddress(String(each))),
    firstSeen: readTime(peer.first_seen, "first_seen"),
    lastSeen: readTime(peer.last_seen, "last_seen"),
    pinned,
    formerly: readList(peer.formerly ?? [], "formerly").map(readId),
  };
}

function readId(value: unknown): NodeId {
  const text = String(value);
  nodeIdToBytes(text);
  return text as NodeId;
}

function readList(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new SyntaxError(`${name} is no array`);
}

function readTime(value: unknown, name: string): number {
  const ms = typeof value === "string" ? Date.parse(value) : NaN;
  if (Number.isFinite(ms)) return ms;
  throw new SyntaxError(
    `${name} is ${JSON.stringify(value)}, wanted a time such as "2026-11-21T10:00:00Z"`,
  );
}
