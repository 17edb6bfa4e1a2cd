/**
 * What is said in a room to all: each message is taken once, checked before anybody else hears of
 * it, and handed out in the order in which its author sent it.
 *
 * Messages flood, so as a rule they come in order and nothing is missing. Where something is (a
 * member was away, or the mesh changed under a flood), the gap shows by the numbers: others are
 * asked for it, and after a while it is given up, so that one lost message does not silence its
 * author for good.
 *
 * Every member knows the key under which a message is sealed, so its author signs it too: nobody
 * speaks in another's name. Whether a message is genuine follows from the message alone, so a
 * member that passes on only what it has checked is never blamed by the next one.
 */

import { concatBytes, encodeUtf8 } from "../base/bytes.ts";
import { earliest } from "../base/instant.ts";
import { type NodeId, nodeIdToBytes } from "../base/node_id.ts";
import type { Crypto, Instant, Signer } from "../base/ports.ts";
import type { Content } from "../messaging/outcome.ts";
import {
  contentBytes,
  decodeSignedContent,
  encodeSignedContent,
  type MessageName,
  messageNameBytes,
  type MessageRange,
  type RoomEntry,
  type SignedContent,
} from "../wire/rooms.ts";
import { Flow } from "./flow.ts";
import type { Members } from "./members.ts";
import { readable } from "./readable.ts";
import { RecentMessages, type SealedMessage } from "./recent_messages.ts";
import type { RoomKey } from "./room_key.ts";

/** What the messages of a room are sealed and signed with. */
export interface ConversationOptions {
  crypto: Crypto;
  key: RoomKey;
  signer: Signer;
  /** Tells this run of the node from all others. */
  run: Uint8Array;
  members: Members;
}

/** A message that was said to all. */
export interface Said {
  author: NodeId;
  content: Content;
}

/** Messages that have to be asked for. */
export interface Missing {
  author: NodeId;
  /** How often they were asked for so far. */
  asked: number;
}

/** What became of a message that came in. */
export type Verdict =
  /** It is to be passed on. */
  | "new"
  | "known"
  /** It cannot be taken now: its author is not known yet, or there is no room. */
  | "not-now"
  /** Whoever passed it on did not check it, or made it up. */
  | "forged";

const PURPOSE = encodeUtf8("area-net room message 1");

/** A message that overtook another is not missed yet. */
const ASK_AFTER_MS = 500;

/** Who was asked for messages may take so long before others are asked. */
const ASK_AGAIN_MS = 2_000;

/** What nobody has brought by then is given up. */
const GIVE_UP_MS = 10_000;

/**
 * A message that others have had, and that comes here by another way after more than this, was not
 * on its way to this node, but to somebody who had missed it.
 */
const HEARSAY_MS = 10_000;

/** Messages that are asked for at once. */
const MAX_WANTED = 256;

/** Authors who are forgotten, and of whom it is still known how far their messages came. */
const MAX_GONE = 1_000;

/** Bytes of all messages that wait for others before them. */
const MAX_HELD_BYTES = 2_097_152;

interface Arrived {
  name: MessageName;
  content: Content;
  bytes: number;
}

/** How far the messages of one author have come. */
interface Author {
  flow: Flow<Arrived>;
  /** Until then nobody else is asked for what is missing from `askedFrom` on. */
  askedUntil: Instant;
  askedFrom: number;
  /** When others said how far they are, if that is where the flow begins. */
  heardAt: Instant;
}

/** Something is missing. */
interface Gap {
  since: Instant;
  askAt: Instant;
  asked: number;
}

export class Conversation {
  readonly #options: ConversationOptions;
  readonly #recent = new RecentMessages();
  readonly #authors = new Map<NodeId, Author>();
  readonly #gaps = new Map<NodeId, Gap>();
  /** How far those had come who are forgotten: should they come back, they go on there. */
  readonly #gone = new Map<NodeId, { epoch: number; next: number }>();
  #epoch: number;
  /** Who joined up to here may have been heard before, and of the others nothing was. */
  #oldUpTo: number;
  #lastSequence = 0;
  #revision = 0;
  #said: Said[] = [];

  /** @param epoch in which this node has joined */
  constructor(epoch: number, options: ConversationOptions) {
    this.#options = options;
    this.#epoch = epoch;
    this.#oldUpTo = epoch;
  }

  /** Grows whenever the messages of somebody may have come further. */
  get revision(): number {
    return this.#revision;
  }

  /** What others said, in order; empties the list. */
  takeSaid(): Said[] {
    const said = this.#said;
    if (said.length > 0) this.#said = [];
    return said;
  }

  nextWakeup(): Instant | undefined {
    let next: Instant | undefined;
    for (const gap of this.#gaps.values()) next = earliest(next, gap.askAt, gap.since + GIVE_UP_MS);
    return next;
  }

  /** Time passed. Returns what somebody is to be asked for. */
  handleTime(now: Instant): Missing[] {
    const missing: Missing[] = [];
    for (const [id, gap] of this.#gaps) {
      if (now >= gap.since + GIVE_UP_MS) {
        this.#gaps.delete(id);
        const { flow } = this.#authors.get(id) ?? {};
        if (flow !== undefined) this.#handOut(now, id, flow, flow.skip());
      } else if (now >= gap.askAt) {
        gap.askAt = now + ASK_AGAIN_MS;
        missing.push({ author: id, asked: gap.asked++ });
      }
    }
    return missing;
  }

  /** This node joins under another epoch, in which messages are counted anew. */
  restart(epoch: number): void {
    this.#revision++;
    this.#epoch = epoch;
    this.#oldUpTo = Math.max(this.#oldUpTo, epoch);
    this.#lastSequence = 0;
    this.#recent.forget(this.#options.signer.id);
  }

  /** Nothing else is known of an author any more. */
  forget(author: NodeId): void {
    const { epoch, next } = this.#authors.get(author)?.flow ?? {};
    if (epoch !== undefined && next !== undefined) this.#gone.set(author, { epoch, next });
    this.#drop(author);
    const [first] = this.#gone;
    if (first === undefined || this.#gone.size <= MAX_GONE) return;
    const [oldest, known] = first;
    this.#gone.delete(oldest);
    this.#oldUpTo = Math.max(this.#oldUpTo, known.epoch);
  }

  /** Seals and signs a message of this node. */
  say(content: Content): SealedMessage {
    const { signer, key, run } = this.#options;
    this.#revision++;
    const sequence = ++this.#lastSequence;
    const name = { author: signer.id, run, epoch: this.#epoch, sequence };
    const signature = signer.sign(this.#signedBytes(name, content));
    const message = {
      name,
      sealed: key.sealMessage(name, encodeSignedContent({ signature, content })),
    };
    this.#recent.add(message);
    return message;
  }

  /** Takes in a message, from wherever it comes. */
  receive(now: Instant, { name, sealed }: SealedMessage): Verdict {
    const { author: id, epoch, sequence } = name;
    // This node is none of the others, so what somebody sends back to it is not taken either.
    const author = this.#author(id);
    if (author === undefined || epoch > author.flow.epoch) return "not-now";
    if (now >= author.heardAt + HEARSAY_MS) author.flow.settle();
    if (epoch < author.flow.epoch || author.flow.has(sequence)) return "known";
    if (!author.flow.hasRoomFor(sequence) || !this.#hasRoomFor(author.flow, sequence)) {
      return "not-now";
    }
    const opened = this.#open(name, sealed);
    if (opened === undefined) return "forged";
    // What it came in is larger, and is not ours to keep.
    this.#recent.add({ name, sealed: sealed.slice() });
    const arrived = { name, content: opened.content, bytes: sealed.length };
    this.#handOut(now, id, author.flow, author.flow.add(arrived));
    return "new";
  }

  /** How far the messages of a member have come here. */
  position(id: NodeId): Pick<RoomEntry, "from" | "next"> {
    const isOwn = id === this.#options.signer.id;
    const next = isOwn ? this.#lastSequence + 1 : this.#author(id)?.flow.next ?? 0;
    return { from: this.#recent.firstBefore(id, next), next };
  }

  /** What to ask of somebody who holds these messages; notes that it is asked. */
  wanted(now: Instant, entries: readonly RoomEntry[]): MessageRange[] {
    return entries.flatMap(({ id, epoch, from, next }) => {
      const author = id === this.#options.signer.id ? undefined : this.#author(id);
      if (author === undefined || author.flow.epoch !== epoch || next === 0) return [];
      this.#hear(now, author, next);
      let first = Math.max(from, author.flow.next ?? next);
      while (first < next && author.flow.has(first)) first++;
      // Somebody who has less of it may have been asked first.
      const isAsked = now < author.askedUntil && first >= author.askedFrom;
      if (first >= next || isAsked) return [];
      author.askedUntil = now + ASK_AGAIN_MS;
      author.askedFrom = first;
      return [{ author: id, epoch, from: first, to: Math.min(next, first + MAX_WANTED) }];
    });
  }

  /** The messages that somebody asks for, as far as they are kept. */
  supply(ranges: readonly MessageRange[]): SealedMessage[] {
    const asked = new Set<NodeId>();
    return ranges.flatMap(({ author, epoch, from, to }) => {
      if (asked.has(author) || epoch !== this.#epochOf(author)) return [];
      asked.add(author);
      return this.#recent.range(author, from, to);
    });
  }

  #epochOf(id: NodeId): number | undefined {
    if (id === this.#options.signer.id) return this.#epoch;
    return this.#author(id)?.flow.epoch;
  }

  /** How far a member's messages have come, in the epoch that it is in now. */
  #author(id: NodeId): Author | undefined {
    const statement = this.#options.members.get(id)?.statement;
    if (statement === undefined) return undefined;
    const known = this.#authors.get(id);
    if (known !== undefined && known.flow.epoch >= statement.epoch) return known;
    this.#drop(id);
    const flow = new Flow<Arrived>(statement.epoch, this.#firstDue(id, statement.epoch));
    const author = { flow, askedUntil: -Infinity, askedFrom: 0, heardAt: Infinity };
    this.#authors.set(id, author);
    this.#gone.delete(id);
    return author;
  }

  /** The message of an author with which a flow begins, where that is known for sure. */
  #firstDue(id: NodeId, epoch: number): number | undefined {
    const gone = this.#gone.get(id);
    if (gone?.epoch === epoch) return gone.next;
    // Whoever came later than this node said nothing before this node was there.
    return epoch > this.#oldUpTo ? 1 : undefined;
  }

  #drop(author: NodeId): void {
    this.#revision++;
    this.#authors.delete(author);
    this.#gaps.delete(author);
    this.#recent.forget(author);
  }

  #hasRoomFor(flow: Flow<Arrived>, sequence: number): boolean {
    if (flow.next === undefined || sequence <= flow.next) return true;
    let bytes = 0;
    for (const id of this.#gaps.keys()) bytes += this.#authors.get(id)?.flow.heldBytes ?? 0;
    return bytes < MAX_HELD_BYTES;
  }

  #hear(now: Instant, author: Author, next: number): void {
    if (author.flow.next !== undefined) return;
    this.#revision++;
    author.flow.hear(next);
    author.heardAt = now;
  }

  #handOut(now: Instant, author: NodeId, flow: Flow<Arrived>, due: readonly Arrived[]): void {
    this.#revision++;
    for (const { content } of due) this.#said.push({ author, content });
    if (!flow.hasGap) this.#gaps.delete(author);
    else if (due.length > 0 || !this.#gaps.has(author)) {
      this.#gaps.set(author, { since: now, askAt: now + ASK_AFTER_MS, asked: 0 });
    }
  }

  #open(name: MessageName, sealed: Uint8Array): SignedContent | undefined {
    const { crypto, key, members } = this.#options;
    const opened = key.openMessage(name, sealed);
    const publicKey = members.get(name.author)?.publicKey;
    if (opened === undefined || publicKey === undefined) return undefined;
    const message = readable(() => decodeSignedContent(opened));
    if (message === undefined) return undefined;
    const signed = this.#signedBytes(name, message.content);
    return crypto.verify(publicKey, signed, message.signature) ? message : undefined;
  }

  #signedBytes(name: MessageName, content: Content): Uint8Array {
    const isText = typeof content === "string";
    return concatBytes([
      PURPOSE,
      nodeIdToBytes(this.#options.key.location),
      messageNameBytes(name),
      Uint8Array.of(isText ? 1 : 0),
      contentBytes(content),
    ]);
  }
}
