/**
 * The roll of a room: what its members say of themselves, checked, kept and passed on. Statements
 * flood through the mesh as advertisements do through the network: newer replaces older, and only
 * what is new goes on, in few letters when much is new.
 *
 * Checking a signature costs more than all else here, so it is done once for each statement, and
 * nobody may make others do it often: neither by stating something new all the time nor by sending
 * what is forged.
 */

import { concatBytes, encodeUtf8 } from "../base/bytes.ts";
import { earliest } from "../base/instant.ts";
import { type NodeId, nodeIdToBytes } from "../base/node_id.ts";
import type { Crypto, Instant, Signer } from "../base/ports.ts";
import { Outbox } from "../topology/outbox.ts";
import {
  type CarriedStatement,
  decodeStatement,
  encodeStatement,
  type Statement,
} from "../wire/rooms.ts";
import { Allowance } from "./allowance.ts";
import type { Members, NodeMap } from "./members.ts";
import type { Post } from "./post.ts";

/** What a roll works with. */
export interface RollOptions {
  crypto: Crypto;
  signer: Signer;
  /** Where the room is: a statement is about no other. */
  location: NodeId;
  map: NodeMap;
  members: Members;
  post: Post;
}

/** What became of a statement that came in. */
export type RollVerdict =
  /** It holds now, and is on its way to the neighbours. */
  | "new"
  | "known"
  /** It cannot be checked yet, or its author states too much. */
  | "not-now"
  /** Whoever passed it on did not check it, or made it up. */
  | "forged"
  /** It is this node's own, of an earlier run whose numbers have come further. */
  | "own";

const PURPOSE = encodeUtf8("area-net room statement 1");

/** Statements in one letter, in bytes: well below what a letter may hold. */
const BATCH_BYTES = 60_000;

/** What one takes besides its body and signature. */
const OVERHEAD_BYTES = 8;

/** Who comes and goes by hand stays within it; each statement costs every member a check. */
const STATEMENTS = { burst: 10, refillMs: 10_000 };

/** Statements that wait until the map knows their authors. */
const MAX_WAITING = 256;

export class Roll {
  readonly #options: RollOptions;
  /** What is signed along with a statement, so that it holds in this room alone. */
  readonly #purpose: Uint8Array;
  readonly #outboxes = new Map<NodeId, Outbox>();
  readonly #allowance = new Allowance(STATEMENTS);
  /** By author, each with who brought it. */
  readonly #waiting = new Map<NodeId, { from: NodeId; carried: CarriedStatement }>();
  #own: { statement: Statement; carried: CarriedStatement };
  #highestOwnEpoch: number;

  /** @param own what this node says of itself */
  constructor(own: Statement, options: RollOptions) {
    this.#options = options;
    this.#purpose = concatBytes([PURPOSE, nodeIdToBytes(options.location)]);
    this.#own = { statement: own, carried: this.#sign(own) };
    this.#highestOwnEpoch = own.epoch;
  }

  /** What this node says of itself. */
  get own(): Statement {
    return this.#own.statement;
  }

  /** The highest epoch under which it ever said anything here, as far as it was told. */
  get highestOwnEpoch(): number {
    return this.#highestOwnEpoch;
  }

  nextWakeup(): Instant | undefined {
    let next: Instant | undefined;
    for (const outbox of this.#outboxes.values()) next = earliest(next, outbox.nextWakeup());
    return next;
  }

  handleTime(now: Instant): void {
    for (const [neighbour, outbox] of this.#outboxes) this.tell(neighbour, outbox.take(now));
  }

  /** These are the neighbours from now on. */
  setNeighbours(neighbours: readonly NodeId[]): void {
    for (const id of neighbours) {
      if (!this.#outboxes.has(id)) this.#outboxes.set(id, new Outbox());
    }
    const kept = new Set(neighbours);
    for (const id of this.#outboxes.keys()) if (!kept.has(id)) this.#outboxes.delete(id);
  }

  /** This node says something else of itself, and all neighbours are told. */
  state(own: Statement): void {
    this.#own = { statement: own, carried: this.#sign(own) };
    this.#flood(own.id);
  }

  /** Tells every neighbour at once that this node leaves: there will be no later. Returns what. */
  leave(): CarriedStatement {
    this.state({ ...this.own, left: true });
    for (const [neighbour, outbox] of this.#outboxes) {
      outbox.remove(this.own.id);
      this.tell(neighbour, [this.own.id]);
    }
    return this.#own.carried;
  }

  /** Sends somebody the statements of these members, in as many letters as it takes. */
  tell(to: NodeId, ids: readonly NodeId[]): void {
    let carried: CarriedStatement[] = [];
    let bytes = 0;
    for (const id of ids) {
      const each = id === this.own.id ? this.#own.carried : this.#options.members.get(id)?.carried;
      if (each === undefined) continue;
      const size = each.body.length + each.signature.length + OVERHEAD_BYTES;
      if (bytes + size > BATCH_BYTES) {
        this.#options.post.send(to, { type: "statements", carried });
        carried = [];
        bytes = 0;
      }
      carried.push(each);
      bytes += size;
    }
    if (carried.length > 0) this.#options.post.send(to, { type: "statements", carried });
  }

  /**
   * Takes in a statement that `from` brought.
   *
   * @throws {WireError} when it is none
   */
  receive(now: Instant, from: NodeId, carried: CarriedStatement): RollVerdict {
    const { members, map, signer } = this.#options;
    const statement = decodeStatement(carried.body);
    const { id } = statement;
    if (id === signer.id) return this.#receiveOwn(now, statement, carried);
    if (!members.isNews(statement)) {
      this.#outboxes.get(from)?.remove(id);
      if (from === id) this.#setRight(now, statement);
      return "known";
    }
    const publicKey = map.get(id)?.publicKey;
    if (publicKey === undefined) {
      this.#wait(id, from, carried);
      return "not-now";
    }
    if (!members.hasRoomFor(id) || !this.#allowance.has(now, id)) return "not-now";
    if (!this.#isGenuine(publicKey, carried)) return "forged";
    this.#allowance.take(now, id);
    members.put(now, statement, carried, publicKey);
    this.#flood(id, from);
    return "new";
  }

  /** The map knows a node: what it said may be checked now. */
  handleNode(now: Instant, id: NodeId): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    this.receive(now, waiting.from, waiting.carried);
  }

  /**
   * A member says of itself what is older than what is held of it. Its clock was set back between
   * two of its runs: it is shown what it said then, to be outbid.
   */
  #setRight(now: Instant, { id, epoch }: Statement): void {
    const held = this.#options.members.get(id)?.statement.epoch ?? 0;
    if (epoch < held && this.#allowance.take(now, id)) this.tell(id, [id]);
  }

  #receiveOwn(now: Instant, statement: Statement, carried: CarriedStatement): RollVerdict {
    if (statement.epoch <= this.own.epoch) return "known";
    // Two nodes with one key would outbid each other for ever.
    if (!this.#allowance.take(now, statement.id)) return "not-now";
    if (!this.#isGenuine(this.#options.signer.publicKey, carried)) return "forged";
    this.#highestOwnEpoch = Math.max(this.#highestOwnEpoch, statement.epoch);
    return "own";
  }

  #wait(id: NodeId, from: NodeId, { body, signature }: CarriedStatement): void {
    this.#waiting.delete(id);
    this.#waiting.set(id, { from, carried: { body: body.slice(), signature: signature.slice() } });
    const [first] = this.#waiting.keys();
    if (first !== undefined && this.#waiting.size > MAX_WAITING) this.#waiting.delete(first);
  }

  #flood(id: NodeId, from?: NodeId): void {
    for (const [neighbour, outbox] of this.#outboxes) {
      if (neighbour === from || neighbour === id) outbox.remove(id);
      else outbox.add(id);
    }
  }

  #sign(own: Statement): CarriedStatement {
    const body = encodeStatement(own);
    return { body, signature: this.#options.signer.sign(concatBytes([this.#purpose, body])) };
  }

  #isGenuine(publicKey: Uint8Array, { body, signature }: CarriedStatement): boolean {
    const { crypto } = this.#options;
    return crypto.verify(publicKey, concatBytes([this.#purpose, body]), signature);
  }
}
