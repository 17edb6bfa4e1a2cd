/**
 * The post of a simulated network, with a ledger: who wrote what to whom, what became of it as its
 * sender was told, and who really read it. Whatever does not agree is an error in the ledger.
 */

import type { NodeId } from "../../src/base/node_id.ts";
import type { Instant } from "../../src/base/ports.ts";
import type { InboxMessage } from "../../src/controller/node_api.ts";
import type { Content, Outcome } from "../../src/messaging/outcome.ts";
import type { Cluster } from "../../src/sim/cluster.ts";
import type { SimNode } from "../../src/sim/sim_node.ts";

/** One run of a node that reads its messages. */
interface Run {
  readonly id: NodeId;
  readonly name: string;
  /** The letter read last from each sender. */
  readonly last: Map<NodeId, number>;
}

/** A letter and all that became of it. */
export interface Letter {
  readonly number: number;
  readonly from: NodeId;
  readonly to: NodeId;
  readonly content: Content;
  readonly postedAt: Instant;
  readonly timeoutMs: number;
  outcome?: Outcome;
  answeredAt?: Instant;
  readonly readIn: Run[];
}

/** How a letter is sent. */
export interface SendOptions {
  /** Bytes; a short text where none are given. */
  size?: number;
  timeoutMs?: number;
  answered?: (letter: Letter) => void;
}

/** How many letters go from one node to another, one after the other is answered. */
export interface CorrespondOptions extends Omit<SendOptions, "answered"> {
  count: number;
  /** Letters that are under way at any time. */
  inHand: number;
}

const TIMEOUT_MS = 30_000;
/** A node does not look for letters whose time is over more often than this. */
const PACE_MS = 5;
/** Bytes of a letter's number, where it holds more than that. */
const NUMBER_BYTES = 4;

export class Post {
  readonly letters: Letter[] = [];
  readonly #cluster: Cluster;
  readonly #mistakes: string[] = [];
  #answered = 0;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Letters that have been answered. */
  get answered(): number {
    return this.#answered;
  }

  get isIdle(): boolean {
    return this.#answered === this.letters.length;
  }

  /** Starts a node that reads whatever it gets. */
  start(node: SimNode): void {
    if (node.isRunning) return;
    node.start();
    this.read(node);
  }

  startAll(): void {
    for (const node of this.#cluster.nodes) this.start(node);
  }

  /** Reads for the present run of a node. */
  read(node: SimNode): void {
    const run: Run = { id: node.id, name: node.name, last: new Map() };
    node.api.listen((message) => this.#handle(run, message));
  }

  send(from: SimNode, to: SimNode | NodeId, options: SendOptions = {}): Letter {
    const { size, timeoutMs = TIMEOUT_MS, answered } = options;
    const number = this.letters.length;
    const letter: Letter = {
      number,
      from: from.id,
      to: typeof to === "string" ? to : to.id,
      content: size === undefined ? `${number}` : bytesOf(number, size),
      postedAt: this.#cluster.timeline.now(),
      timeoutMs,
      readIn: [],
    };
    this.letters.push(letter);
    from.api.send({ to: letter.to, content: letter.content, timeoutMs }, (outcome) => {
      this.#settle(letter, outcome);
      answered?.(letter);
    });
    return letter;
  }

  /** Keeps letters under way from one node to another until so many were sent or it stops. */
  correspond(from: SimNode, to: SimNode | NodeId, options: CorrespondOptions): void {
    const { count, inHand, ...each } = options;
    let sent = 0;
    const next = () => {
      if (sent >= count || !from.isRunning) return;
      sent++;
      const answered = ({ outcome }: Letter) => {
        // Who leaves says that of every letter, and is not given more of them.
        if (outcome?.type !== "cancelled") next();
      };
      this.send(from, to, { ...each, answered });
    };
    for (let i = 0; i < inHand; i++) next();
  }

  /** How often each outcome was told. */
  outcomes(letters: readonly Letter[] = this.letters): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { outcome } of letters) {
      const name = outcome === undefined ? "none" : nameOf(outcome);
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }

  /** What is wrong in the ledger; the first few of it. */
  errors(): string[] {
    const untrue = this.letters.flatMap((letter) => {
      const error = errorOf(letter);
      return error === undefined ? [] : [`${describe(letter)} ${error}`];
    });
    return [...this.#mistakes, ...untrue].slice(0, 10);
  }

  #settle(letter: Letter, outcome: Outcome): void {
    if (letter.outcome !== undefined) this.#mistake(letter, `was answered again: ${outcome.type}`);
    if (outcome.type === "delivered" && letter.readIn.length === 0) {
      this.#mistake(letter, "was told as delivered before anybody had read it");
    }
    letter.outcome = outcome;
    letter.answeredAt = this.#cluster.timeline.now();
    this.#answered++;
  }

  #handle(run: Run, message: InboxMessage): void {
    const number = numberIn(message.content);
    const letter = this.letters[number];
    if (letter === undefined) {
      this.#mistakes.push(`${run.name} read letter ${number}, which nobody sent`);
      return;
    }
    if (message.from !== letter.from) this.#mistake(letter, `was read as one of ${message.from}`);
    if (run.id !== letter.to) this.#mistake(letter, `was read by ${run.name}`);
    if (!areEqual(message.content, letter.content)) this.#mistake(letter, "was read altered");
    if (letter.readIn.includes(run)) this.#mistake(letter, "was read twice in one run");
    const before = run.last.get(letter.from);
    if (before !== undefined && before > number) this.#mistake(letter, `was read after ${before}`);
    run.last.set(letter.from, number);
    letter.readIn.push(run);
  }

  #mistake(letter: Letter, what: string): void {
    this.#mistakes.push(`${describe(letter)} ${what}`);
  }
}

/** What its sender was told that is not so, or should have been told. */
function errorOf({ outcome, postedAt, answeredAt, timeoutMs, readIn, ...letter }: Letter) {
  if (outcome === undefined || answeredAt === undefined) return "was not answered";
  if (answeredAt > postedAt + timeoutMs + PACE_MS) {
    return `was answered after ${answeredAt - postedAt} ms`;
  }
  switch (outcome.type) {
    case "delivered": {
      const { path, rttUs } = outcome;
      const ends = path[0] === letter.from && path.at(-1) === letter.to;
      return ends && rttUs > 0 ? undefined : `has an impossible path or round trip of ${rttUs} µs`;
    }
    case "no-route":
    case "refused":
      return readIn.length > 0 ? `was read, and told as ${outcome.type}` : undefined;
    default:
      return undefined;
  }
}

function describe({ number, from, to, postedAt }: Letter): string {
  const name = (id: NodeId) => id.slice(0, 8);
  return `Letter ${number} from ${name(from)} to ${name(to)}, posted at ${postedAt} ms,`;
}

function nameOf(outcome: Outcome): string {
  return outcome.type === "refused" ? `refused by ${outcome.by}` : outcome.type;
}

function bytesOf(number: number, size: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(size, NUMBER_BYTES)).fill(number);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

function numberIn(content: Content): number {
  if (typeof content === "string") return Number(content);
  return new DataView(content.buffer, content.byteOffset).getUint32(0);
}

function areEqual(one: Content, other: Content): boolean {
  if (typeof one === "string" || typeof other === "string") return one === other;
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
