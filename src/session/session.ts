/**
 * One link: hello, alive, close. The session knows the protocol of a link and its timers; whom to
 * let in and which of two links to keep is decided outside (`admission.ts`) and told to it.
 *
 *              dialler                              listener
 *
 *     connecting ──(opened)──► greeting           awaiting ──(hello)──► judging
 *                                 │ welcome                                │
 *                                 ▼                                        │
 *                              judging                                     │
 *                                 │ confirm                                │ accept
 *                                 │                                     welcomed
 *                                 ▼                                        │ ready
 *                                 up  ◄────────────────────────────────────┘
 *
 *     from everywhere: refuse, farewell, a broken protocol, silence, a lost connection ──► closed
 *
 * Calls and bytes in; frames and events out by `takeFrames` and `takeEvents`, which the owner empties
 * after every call. Closed is final: whatever comes later is ignored.
 */

import { earliest } from "../base/instant.ts";
import type { NodeId } from "../base/node_id.ts";
import type { ConnectionError, Instant } from "../base/ports.ts";
import { WireError } from "../wire/error.ts";
import { encodeFrame, FrameDecoder, frameOf } from "../wire/frame.ts";
import { MAX_FRAME_BYTES, MAX_HANDSHAKE_FRAME_BYTES, PROTOCOL_VERSION } from "../wire/limits.ts";
import {
  encodeLinkMessage,
  type Farewell,
  type Introduction,
  type LinkMessage,
  type Refusal,
} from "../wire/link.ts";
import { decodeMessage, type Message } from "../wire/message.ts";
import type { CloseReason } from "./close_reason.ts";
import { RttEstimator } from "./rtt.ts";

/** Times of one link, in milliseconds. */
export interface SessionOptions {
  handshakeTimeoutMs: number;
  heartbeatPeriodMs: number;
  heartbeatTimeoutMs: number;
}

/** What the owner of a session is told. */
export type SessionEvent =
  /** A stranger's hello, to be answered by `accept` or `refuse`. */
  | { type: "hello"; introduction: Introduction; wanted: boolean }
  /** The listener's answer, to be followed by `confirm` or `refuse`. */
  | { type: "welcome"; introduction: Introduction }
  | { type: "up" }
  /** The smoothed round-trip time has a new value, in microseconds. */
  | { type: "rtt"; rttUs: number }
  /** A message of another family, which is not the session's business. */
  | {
    type: "message";
    message: Exclude<Message, LinkMessage>;
    /** The frame that it came in, a view of the bytes as they were received. */
    frame: Uint8Array;
  }
  /** Always the last. */
  | { type: "closed"; reason: CloseReason };

type State =
  | { type: "connecting"; deadline: Instant }
  | { type: "greeting"; deadline: Instant }
  | { type: "awaiting"; deadline: Instant }
  | { type: "judging"; deadline: Instant }
  | { type: "welcomed"; deadline: Instant }
  | { type: "up"; heardAt: Instant; pingAt: Instant }
  | { type: "closed" };

/** Pings whose answers are still waited for; older ones are forgotten. */
const MAX_PINGS_UNDER_WAY = 8;

export class Session {
  readonly #options: SessionOptions;
  #provenId: NodeId | undefined;
  readonly #decoder = new FrameDecoder(MAX_HANDSHAKE_FRAME_BYTES);
  readonly #rtt = new RttEstimator();
  readonly #pings = new Map<number, Instant>();
  #pingNumber = 0;
  #state: State;
  #peer: Introduction | undefined;
  #frames: Uint8Array[] = [];
  #events: SessionEvent[] = [];

  private constructor(state: State, options: SessionOptions) {
    this.#state = state;
    this.#options = options;
  }

  /** The dialler's end of a connection that is being made; `handleOpened` tells when it is. */
  static dial(now: Instant, options: SessionOptions): Session {
    return new Session({ type: "connecting", deadline: now + options.handshakeTimeoutMs }, options);
  }

  /** The listener's end of a connection that has just been accepted; waits for the hello. */
  static listen(now: Instant, options: SessionOptions, provenId: NodeId): Session {
    const deadline = now + options.handshakeTimeoutMs;
    const session = new Session({ type: "awaiting", deadline }, options);
    session.#provenId = provenId;
    return session;
  }

  /** What the peer said of itself, once it did. */
  get peer(): Introduction | undefined {
    return this.#peer;
  }

  get isUp(): boolean {
    return this.#state.type === "up";
  }

  get isClosed(): boolean {
    return this.#state.type === "closed";
  }

  /** Smoothed round-trip time in microseconds, null while unmeasured. */
  get rttUs(): number | null {
    return this.#rtt.smoothedUs;
  }

  /** When `handleTime` wants to be called next; calls at other times do no harm. */
  nextWakeup(): Instant | undefined {
    const state = this.#state;
    if (state.type === "closed") return undefined;
    if (state.type !== "up") return state.deadline;
    return earliest(state.pingAt, state.heardAt + this.#options.heartbeatTimeoutMs);
  }

  /** Frames to send, in order; empties the list. */
  takeFrames(): Uint8Array[] {
    const frames = this.#frames;
    if (frames.length > 0) this.#frames = [];
    return frames;
  }

  /** What happened, in order; empties the list. */
  takeEvents(): SessionEvent[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    return events;
  }

  /**
   * The connection that was dialled is open; says hello.
   *
   * @param own what this node says of itself
   * @param wanted whether somebody asked for this link, so that a full peer prefers it
   * @param provenId the id that the transport has proven
   */
  handleOpened(own: Introduction, wanted: boolean, provenId: NodeId): void {
    if (this.#state.type !== "connecting") return;
    this.#state = { type: "greeting", deadline: this.#state.deadline };
    this.#provenId = provenId;
    this.#sendLink({ type: "hello", introduction: own, wanted });
  }

  /** Bytes arrived. */
  handleBytes(now: Instant, bytes: Uint8Array): void {
    this.#noticeSleep(now);
    if (this.#state.type === "up") this.#state.heardAt = now;
    this.#decoder.push(bytes);
    try {
      while (!this.isClosed) {
        const item = this.#decoder.next();
        if (item === undefined) return;
        this.#handleMessage(now, decodeMessage(item), item);
      }
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.farewell("protocol", error.message);
    }
  }

  /** Time passed. */
  handleTime(now: Instant): void {
    const state = this.#state;
    if (state.type === "closed") return;
    if (state.type !== "up") {
      if (now >= state.deadline) this.#giveUp(state.type === "connecting");
      return;
    }
    this.#noticeSleep(now);
    if (now >= state.heardAt + this.#options.heartbeatTimeoutMs) this.farewell("silent", "");
    else if (now >= state.pingAt) this.#ping(now, state);
  }

  /** The connection below ended or failed. */
  handleClosed(error?: ConnectionError): void {
    this.#close({ type: "connection", ...(error !== undefined && { error }) });
  }

  /** Answers a hello: come in. The link is up when the dialler has confirmed. */
  accept(own: Introduction): void {
    if (this.#state.type !== "judging") return;
    this.#state = { type: "welcomed", deadline: this.#state.deadline };
    this.#sendLink({ type: "welcome", introduction: own });
  }

  /** Answers a welcome: the link is up. */
  confirm(now: Instant): void {
    if (this.#state.type !== "judging") return;
    this.#sendLink({ type: "ready" });
    this.#rise(now);
  }

  /** Ends a link that is not up yet, telling the other side why. */
  refuse(reason: Refusal, detail = ""): void {
    this.#sendLink({ type: "refuse", reason, detail });
    this.#close({ type: "refused", by: "us", reason, detail });
  }

  /** Ends the link, telling the other side why. */
  farewell(reason: Farewell, detail = ""): void {
    this.#sendLink({ type: "bye", reason, detail });
    this.#close({ type: "farewell", by: "us", reason, detail });
  }

  /** Sends the item of a message of another family; ignored unless the link is up. */
  send(item: Uint8Array): void {
    if (this.isUp) this.#frames.push(encodeFrame(item));
  }

  #handleMessage(now: Instant, message: Message, item: Uint8Array): void {
    switch (message.type) {
      case "refuse":
        return this.#close({ ...message, type: "refused", by: "them" });
      case "bye":
        return this.#close({ ...message, type: "farewell", by: "them" });
      case "foreign-hello":
        return this.refuse(
          "version",
          `this node speaks version ${PROTOCOL_VERSION}, the hello was of version ${message.version}`,
        );
      case "hello":
        this.#expect(message.type, "awaiting");
        this.#judge(message.introduction);
        this.#events.push(message);
        return;
      case "welcome":
        this.#expect(message.type, "greeting");
        this.#judge(message.introduction);
        this.#events.push(message);
        return;
      case "ready":
        this.#expect(message.type, "welcomed");
        return this.#rise(now);
      case "ping":
        this.#expect(message.type, "up");
        return this.#sendLink({ type: "pong", number: message.number });
      case "pong":
        this.#expect(message.type, "up");
        return this.#measure(now, message.number);
      default:
        this.#expect(message.type, "up");
        this.#events.push({ type: "message", message, frame: frameOf(item) });
    }
  }

  #expect(message: string, wanted: State["type"]): void {
    if (this.#state.type === wanted) return;
    throw new WireError(`A ${message} came while the link was ${this.#state.type}`);
  }

  #judge(introduction: Introduction): void {
    if (this.#provenId !== introduction.id) {
      throw new WireError("The id in the introduction is not that of the key");
    }
    this.#peer = introduction;
    const state = this.#state as { deadline: Instant };
    this.#state = { type: "judging", deadline: state.deadline };
  }

  #rise(now: Instant): void {
    this.#decoder.limit = MAX_FRAME_BYTES;
    const up = { type: "up" as const, heardAt: now, pingAt: now };
    this.#state = up;
    this.#events.push({ type: "up" });
    this.#ping(now, up);
  }

  #ping(now: Instant, state: { pingAt: Instant }): void {
    state.pingAt = now + this.#options.heartbeatPeriodMs;
    this.#pingNumber = (this.#pingNumber + 1) >>> 0;
    this.#pings.set(this.#pingNumber, now);
    if (this.#pings.size > MAX_PINGS_UNDER_WAY) {
      this.#pings.delete(this.#pings.keys().next().value as number);
    }
    this.#sendLink({ type: "ping", number: this.#pingNumber });
  }

  #measure(now: Instant, number: number): void {
    const sentAt = this.#pings.get(number);
    if (sentAt === undefined) return;
    this.#pings.delete(number);
    this.#rtt.add(Math.max(1, (now - sentAt) * 1000));
    this.#events.push({ type: "rtt", rttUs: this.#rtt.smoothedUs as number });
    if (this.#rtt.warmingUp && this.#state.type === "up") this.#ping(now, this.#state);
  }

  /**
   * Called much later than asked for: this machine slept or was overloaded, so the silence is nobody's
   * fault, and answers that waited meanwhile measure nothing.
   */
  #noticeSleep(now: Instant): void {
    const late = now - (this.nextWakeup() ?? now);
    if (this.#state.type !== "up" || late <= this.#options.heartbeatPeriodMs / 2) return;
    this.#state.heardAt = now;
    this.#pings.clear();
  }

  #giveUp(neverOpened: boolean): void {
    const detail = `nothing for ${this.#options.handshakeTimeoutMs / 1000} s`;
    if (neverOpened) this.handleClosed({ code: "timed-out", detail });
    else this.#close({ type: "handshake-timeout" });
  }

  #sendLink(message: Exclude<LinkMessage, { type: "foreign-hello" }>): void {
    if (this.isClosed || this.#state.type === "connecting") return;
    this.#frames.push(encodeFrame(encodeLinkMessage(message)));
  }

  #close(reason: CloseReason): void {
    if (this.isClosed) return;
    this.#state = { type: "closed" };
    this.#events.push({ type: "closed", reason });
  }
}
