/**
 * One room that this node has joined. Here its parts meet: letters go to the part that they are
 * for, and what one part finds out is told to the others. It decides nothing by itself but whom it
 * listens to: whoever knows the room's name may say that it has joined, and all else is heard from
 * members only.
 */

import { earliest } from "../base/instant.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Crypto, Instant, Signer } from "../base/ports.ts";
import type { Random } from "../base/random.ts";
import type { Dht } from "../dht/dht.ts";
import type { Content } from "../messaging/outcome.ts";
import type { Standing } from "../topology/standings.ts";
import { MAX_ROOM_MEMBERS } from "../wire/limits.ts";
import {
  type CarriedStatement,
  decodeRoomHead,
  decodeRoomRecord,
  encodeRoomRecord,
  type RoomHead,
  type RoomLetter,
  type RoomRecord,
} from "../wire/rooms.ts";
import { Allowance } from "./allowance.ts";
import { Conversation } from "./conversation.ts";
import { Exchange } from "./exchange.ts";
import { Finder } from "./finder.ts";
import { type Member, Members, type NodeMap } from "./members.ts";
import { neighboursOf } from "./mesh.ts";
import { Post } from "./post.ts";
import { readable } from "./readable.ts";
import type { SealedMessage } from "./recent_messages.ts";
import { Roll } from "./roll.ts";
import type { RoomKey } from "./room_key.ts";

/** Something that happened in a room. */
export type RoomsEvent =
  & { room: string; member: Member }
  & (
    | { type: "joined" | "left" | "vanished" }
    | {
      type: "message";
      content: Content;
      /** Whether it was sent to some members only. */
      isPrivate: boolean;
    }
  );

/** What all rooms of a node have in common. */
export interface RoomContext {
  signer: Signer;
  crypto: Crypto;
  random: Random;
  dht: Pick<Dht, "publish" | "withdraw" | "search">;
  map: NodeMap;
  /** The key to which letters for this node are sealed, another in each run. */
  sealingKey: Uint8Array;
  /** A number above all epochs in which this node has joined a room, and above `least`. */
  newEpoch(now: Instant, least?: number): number;
  send(to: NodeId, content: Uint8Array): void;
  tell(event: RoomsEvent): void;
}

/** Records that are tried after a search: more than one room can have by those who keep them. */
const MAX_PAYLOADS = 1_024;

/**
 * What somebody said before it left may arrive after the news of that, which others brought: for as
 * long as its letters may be on their way, in milliseconds.
 */
const LAST_WORDS_MS = 60_000;

/** Who passes on what is forged is not listened to for a while: honest members check it first. */
const FORGERIES = { burst: 8, refillMs: 10_000 };

export class Room {
  readonly key: RoomKey;
  readonly #context: RoomContext;
  readonly #members: Members;
  readonly #roll: Roll;
  readonly #conversation: Conversation;
  readonly #exchange: Exchange;
  readonly #finder: Finder;
  readonly #post: Post;
  readonly #forgeries = new Allowance(FORGERIES);
  #neighbours: readonly NodeId[] = [];
  #meshVersion = 0;
  #hops: number | undefined;

  constructor(now: Instant, key: RoomKey, context: RoomContext) {
    const { signer, crypto, random, map, sealingKey } = context;
    const { id } = signer;
    this.key = key;
    this.#context = context;
    const own = { id, epoch: context.newEpoch(now), left: false, run: sealingKey };
    // One less than an index may list, for this node is in it too.
    const members = new Members(map, MAX_ROOM_MEMBERS - 1);
    const post = new Post(id, key, (to, content) => context.send(to, content));
    const roll = new Roll(own, { crypto, signer, location: key.location, map, members, post });
    const run = sealingKey;
    const conversation = new Conversation(own.epoch, { crypto, key, signer, run, members });
    this.#members = members;
    this.#post = post;
    this.#roll = roll;
    this.#conversation = conversation;
    this.#exchange = new Exchange(now, { random, members, roll, conversation, post });
    this.#finder = new Finder(now, random);
    this.#publish(now);
  }

  /** Whether those are known who are there. */
  get isSettled(): boolean {
    return this.#finder.isSettled;
  }

  /** Requests, one after the other, that the last search took; undefined before the first. */
  get hops(): number | undefined {
    return this.#hops;
  }

  /** With whom this node speaks directly, ordered by id. */
  get neighbours(): readonly NodeId[] {
    return this.#neighbours;
  }

  /** All other members that are there, ordered by id. */
  others(): Member[] {
    return this.#members.present().map((id) => this.#members.member(id));
  }

  isMember(id: NodeId): boolean {
    return this.#members.isPresent(id);
  }

  nextWakeup(): Instant | undefined {
    return earliest(
      this.#roll.nextWakeup(),
      this.#conversation.nextWakeup(),
      this.#exchange.nextWakeup(),
      this.#finder.nextWakeup(),
    );
  }

  handleTime(now: Instant): void {
    if (this.#finder.takeSearch(now)) this.#context.dht.search(now, this.key.signer);
    const greeted = this.#finder.takeGreetings(now, (found) => this.#isUnknown(found));
    for (const id of greeted) this.#exchange.greet(now, id);
    this.#exchange.ask(now, this.#conversation.handleTime(now));
    this.#exchange.handleTime(now);
    this.#follow(now);
    this.#roll.handleTime(now);
  }

  /** Looks at all members anew, for changes that nobody told of. */
  sweep(now: Instant): void {
    this.#members.sweep(now);
    this.#follow(now);
  }

  /** The map has news of a node. */
  handleNode(now: Instant, id: NodeId, standing: Standing): void {
    this.#members.judge(now, id, standing);
    if (standing === "alive") this.#roll.handleNode(now, id);
    this.#follow(now);
  }

  /** A search for this room is over. */
  handleSearched(
    now: Instant,
    { payloads, hops }: { payloads: readonly Uint8Array[]; hops: number },
  ): void {
    this.#hops = hops;
    const unknown = payloads.slice(0, MAX_PAYLOADS).flatMap((payload) => {
      const found = this.#openRecord(payload);
      return found !== undefined && this.#isUnknown(found) ? [found] : [];
    });
    const isAlone = this.#members.present().length === 0;
    this.#finder.handleFound(now, newestOfEach(unknown), isAlone);
  }

  /** Others are closest to the room's place now. */
  handleMoved(now: Instant): void {
    this.#finder.handleMoved(now);
  }

  /**
   * A letter for this room came from the node `from`, which has proven its key.
   *
   * @throws {WireError} when somebody who knows the name wrote nonsense
   */
  handleLetter(now: Instant, from: NodeId, letter: RoomLetter): void {
    if (!this.#forgeries.has(now, from)) return;
    const { nonce, head: sealed, tail } = letter;
    const opened = this.key.openHead(from, this.#context.signer.id, { nonce, sealed });
    if (opened === undefined) return;
    const head = decodeRoomHead(opened);
    if (head.type === "statements") this.#handleStatements(now, from, head.carried);
    else if (this.#isHeard(now, from, head)) this.#handleMember(now, from, head, tail);
    this.#follow(now);
  }

  /** Sends a message to all other members. */
  say(content: Content): void {
    const message = this.#conversation.say(content);
    for (const id of this.#neighbours) this.#post.sendMessage(id, message, this.#neighbours);
  }

  /** Sends a message to one member. */
  sayTo(id: NodeId, content: Content): void {
    this.#post.send(id, { type: "private", content });
  }

  /** Says goodbye to all, in the statement that is returned. */
  leave(now: Instant): CarriedStatement {
    this.#context.dht.withdraw(now, this.key.location);
    return this.#roll.leave();
  }

  #handleStatements(now: Instant, from: NodeId, carried: readonly CarriedStatement[]): void {
    for (const each of carried) {
      const verdict = this.#roll.receive(now, from, each);
      if (verdict === "own") this.#rejoin(now);
      if (verdict === "forged" && !this.#forgeries.take(now, from)) return;
    }
  }

  /** Whether somebody may write what is no statement: members may, and who has just left may speak. */
  #isHeard(now: Instant, from: NodeId, { type }: RoomHead): boolean {
    const held = this.#members.get(from);
    if (held?.statement.left !== true) return held !== undefined;
    return (type === "message" || type === "private") && now < held.since + LAST_WORDS_MS;
  }

  #handleMember(
    now: Instant,
    from: NodeId,
    head: Exclude<RoomHead, { type: "statements" }>,
    tail: Uint8Array,
  ): void {
    switch (head.type) {
      case "summary":
      case "index":
      case "want":
        return this.#exchange.handle(now, from, head);
      case "message":
        return this.#handleMessage(now, from, { name: head.name, sealed: tail }, head.told);
      case "private":
        return this.#tellMessage(from, head.content, true);
      default:
        head satisfies never;
    }
  }

  #handleMessage(
    now: Instant,
    from: NodeId,
    message: SealedMessage,
    told: readonly NodeId[],
  ): void {
    const { author } = message.name;
    const verdict = this.#conversation.receive(now, message);
    if (verdict === "forged") this.#forgeries.take(now, from);
    if (verdict !== "new") return;
    // What its author says of whom it has told is taken from nobody else.
    const known = new Set([from, author, ...(from === author ? told : [])]);
    for (const id of this.#neighbours) {
      if (!known.has(id)) this.#post.sendMessage(id, message);
    }
  }

  /** An earlier run of this node had a higher epoch than this one: its clock was set back since. */
  #rejoin(now: Instant): void {
    const epoch = this.#context.newEpoch(now, this.#roll.highestOwnEpoch);
    this.#roll.state({ ...this.#roll.own, epoch });
    this.#conversation.restart(epoch);
    this.#publish(now);
  }

  #publish(now: Instant): void {
    const { id, epoch } = this.#roll.own;
    const payload = this.key.sealRecord(encodeRoomRecord({ id, epoch }));
    this.#context.dht.publish(now, this.key.signer, payload);
  }

  #openRecord(payload: Uint8Array): RoomRecord | undefined {
    const opened = this.key.openRecord(payload);
    return opened && readable(() => decodeRoomRecord(opened));
  }

  #isUnknown({ id, epoch }: RoomRecord): boolean {
    if (id === this.#context.signer.id) return false;
    const known = this.#members.get(id)?.statement.epoch ?? -1;
    return known < epoch && this.#context.map.standing(id) === "alive";
  }

  /** Tells what has happened, and makes the mesh anew if others are there now. */
  #follow(now: Instant): void {
    const room = this.key.name;
    for (const change of this.#members.takeChanges()) this.#context.tell({ room, ...change });
    for (const { author, content } of this.#conversation.takeSaid()) {
      this.#tellMessage(author, content, false);
    }
    for (const id of this.#members.takeForgotten()) this.#conversation.forget(id);
    if (this.#members.version !== this.#meshVersion) this.#remesh(now);
  }

  #tellMessage(author: NodeId, content: Content, isPrivate: boolean): void {
    const member = this.#members.member(author);
    this.#context.tell({ room: this.key.name, member, type: "message", content, isPrivate });
  }

  #remesh(now: Instant): void {
    this.#meshVersion = this.#members.version;
    const others = this.#members.present();
    this.#neighbours = neighboursOf(this.#context.signer.id, others);
    this.#roll.setNeighbours(this.#neighbours);
    this.#exchange.setNeighbours(now, this.#neighbours);
    if (others.length > 0) this.#finder.handleCompany();
    else this.#finder.handleAlone(now);
  }
}

/** One record of each member. */
function newestOfEach(records: readonly RoomRecord[]): RoomRecord[] {
  const newest = new Map<NodeId, RoomRecord>();
  for (const record of records) {
    if (record.epoch > (newest.get(record.id)?.epoch ?? -1)) newest.set(record.id, record);
  }
  return [...newest.values()];
}
