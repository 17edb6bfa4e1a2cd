/**
 * One connection to another browser: an `RTCPeerConnection` with a single data channel, ordered and
 * reliable, and the signals that bring it about.
 *
 *     dialler                                     accepter
 *     describes itself ──────── offer ──────────► describes itself
 *                      ◄─────── answer ──────────
 *                      ◄────── candidates ──────►              what either end finds out later
 *                      ◄═══ data channel, open ═══►
 *
 * Descriptions wait a moment for the candidates of their own machine, which are found at once: that
 * saves letters. Those that a server far away tells are sent when they come, lest it delay everything.
 *
 * Both ends know the channel beforehand (RFC 8832 calls it negotiated), so none is announced, and
 * others that a far end opens lead nowhere.
 */

import type { ConnectionError } from "../../base/ports.ts";
import type { MessagePipe, PipeListener } from "./message_pipe.ts";
import type { Candidate, EndReason, Signal } from "./signal.ts";

/** What a peer is made of. */
export interface RtcPeerOptions {
  /** The session that its signals belong to. */
  session: string;
  configuration: RTCConfiguration;
  listener: PipeListener;
  /** Sends a signal to the other browser. */
  signal(signal: Signal): void;
}

/** The one channel, which both ends know. */
const CHANNEL = { negotiated: true, id: 0, ordered: true };

/** How long a description waits for candidates, in milliseconds. */
const GATHER_MS = 300;

/** Candidates of a far end that are looked at; each makes the browser knock somewhere. */
const MAX_CANDIDATES = 32;

export class RtcPeer implements MessagePipe {
  readonly #options: RtcPeerOptions;
  readonly #connection: RTCPeerConnection;
  readonly #channel: RTCDataChannel;
  readonly #unlisten = new AbortController();
  #isDescribed = false;
  /** The far end has described itself. */
  #hasDescription = false;
  #wasOpen = false;
  #isFarEndGone = false;
  #isOver = false;
  #error: ConnectionError | undefined;
  /** Candidates of the far end that came before its description. */
  #early: Candidate[] = [];
  #candidates = 0;

  /**
   * Begins to make one.
   *
   * @param offer the description that the far end sent, where it is the dialler
   * @throws {Error} when the browser has no room for another one, or cannot use the configuration
   */
  constructor(options: RtcPeerOptions, offer?: string) {
    this.#options = options;
    this.#connection = new RTCPeerConnection(options.configuration);
    this.#channel = this.#connection.createDataChannel("area-net", CHANNEL);
    this.#channel.binaryType = "arraybuffer";
    this.#listen(options.listener);
    this.#attempt(() => this.#begin(offer));
  }

  get bufferedBytes(): number {
    return this.#channel.bufferedAmount;
  }

  get isWritable(): boolean {
    return this.#channel.readyState === "open";
  }

  send(message: Uint8Array): void {
    this.#channel.send(new Uint8Array(message));
  }

  awaitLow(bytes: number): void {
    this.#channel.bufferedAmountLowThreshold = bytes;
    // It tells of a fall, which may have been before anybody awaited it.
    if (this.bufferedBytes > bytes) return;
    queueMicrotask(() => {
      if (!this.#isOver) this.#options.listener.lowered();
    });
  }

  close(): void {
    this.#channel.close();
  }

  /** Ends now, and tells a far end that still waits for a connection. */
  abort(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#unlisten.abort();
    this.#connection.close();
    const isAwaited = this.#isDescribed && !this.#wasOpen && !this.#isFarEndGone;
    if (isAwaited) this.#signal({ type: "end", reason: "given-up" });
  }

  /** The other browser sent a signal of this session. */
  handleSignal(signal: Signal): void {
    switch (signal.type) {
      case "answer":
        return this.#attempt(() => this.#takeDescription("answer", signal.sdp));
      case "candidates":
        return signal.candidates.forEach((each) => this.#takeCandidate(each));
      case "end":
        // Once there is a connection, that says how it ends.
        if (this.#wasOpen) return;
        this.#isFarEndGone = true;
        return this.#finish(ENDED[signal.reason]);
      case "offer":
        // That began it.
        return;
      default:
        signal satisfies never;
    }
  }

  #listen(listener: PipeListener): void {
    const { signal } = this.#unlisten;
    const [connection, channel] = [this.#connection, this.#channel];
    connection.addEventListener("icecandidate", ({ candidate }) => this.#tellCandidate(candidate), {
      signal,
    });
    connection.addEventListener("connectionstatechange", () => {
      if (connection.connectionState === "failed") this.#finish(NO_WAY);
    }, { signal });
    channel.addEventListener("open", () => {
      this.#wasOpen = true;
      listener.opened();
    }, { signal });
    channel.addEventListener("message", ({ data }) => {
      if (data instanceof ArrayBuffer) return listener.received(new Uint8Array(data));
      this.#finish({ code: "tls", detail: "it sent a text, wanted bytes" });
    }, { signal });
    channel.addEventListener("bufferedamountlow", () => listener.lowered(), { signal });
    channel.addEventListener("error", ({ error }) => {
      if (!isFarEndClosing(error)) this.#error = { code: "reset", detail: error.message };
    }, { signal });
    channel.addEventListener("close", () => this.#finish(this.#error), { signal });
  }

  async #begin(offer: string | undefined): Promise<void> {
    if (offer !== undefined) await this.#takeDescription("offer", offer);
    await this.#connection.setLocalDescription();
    await this.#gather();
    const sdp = this.#connection.localDescription?.sdp;
    if (this.#isOver || sdp === undefined) return;
    this.#isDescribed = true;
    this.#signal({ type: offer === undefined ? "offer" : "answer", sdp });
  }

  /** Waits until all candidates are found, or a moment. */
  async #gather(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => {
      if (this.#connection.iceGatheringState === "complete") resolve();
    };
    this.#connection.addEventListener("icegatheringstatechange", look);
    const timer = setTimeout(resolve, GATHER_MS);
    look();
    await promise;
    clearTimeout(timer);
    this.#connection.removeEventListener("icegatheringstatechange", look);
  }

  async #takeDescription(type: "offer" | "answer", sdp: string): Promise<void> {
    // Another one would be a change of what was agreed on, which nobody asks for.
    if (this.#hasDescription) return;
    this.#hasDescription = true;
    await this.#connection.setRemoteDescription({ type, sdp });
    const early = this.#early;
    this.#early = [];
    for (const candidate of early) this.#addCandidate(candidate);
  }

  #takeCandidate(candidate: Candidate): void {
    if (this.#isOver || ++this.#candidates > MAX_CANDIDATES) return;
    if (this.#connection.remoteDescription === null) this.#early.push(candidate);
    else this.#addCandidate(candidate);
  }

  /** One that cannot be used is one way less, and no more. */
  #addCandidate(candidate: Candidate): void {
    this.#connection.addIceCandidate(candidate).catch(() => {});
  }

  /** Those found before the description was sent stand in it. */
  #tellCandidate(found: RTCIceCandidate | null): void {
    if (!this.#isDescribed || found === null || found.candidate === "") return;
    const { candidate, sdpMid, sdpMLineIndex } = found;
    const candidates = [{ candidate, sdpMid: sdpMid ?? "0", sdpMLineIndex: sdpMLineIndex ?? 0 }];
    this.#signal({ type: "candidates", candidates });
  }

  #signal(content: SignalContent): void {
    this.#options.signal({ session: this.#options.session, ...content });
  }

  /** What the far end described may be of no use, or built to confuse: then this connection fails. */
  #attempt(step: () => Promise<void>): void {
    step().catch((error: Error) => this.#finish({ code: "other", detail: error.message }));
  }

  #finish(error?: ConnectionError): void {
    if (this.#isOver) return;
    this.abort();
    this.#options.listener.closed(error);
  }
}

/** The cause of an end that the far end asked for (RFC 9260, section 3.3.10.12). */
const USER_INITIATED_ABORT = 12;

/** Browsers speak of an error, too, when the far end closes and something was still to be sent. */
function isFarEndClosing({ errorDetail, sctpCauseCode }: RTCError): boolean {
  return errorDetail === "data-channel-failure" || sctpCauseCode === USER_INITIATED_ABORT;
}

/** A signal without its session. */
type SignalContent = Signal extends infer S ? S extends Signal ? Omit<S, "session"> : never : never;

const NO_WAY: ConnectionError = {
  code: "unreachable",
  detail: "the two browsers cannot reach each other directly",
};

const ENDED: Record<EndReason, ConnectionError> = {
  "given-up": { code: "reset", detail: "the other browser gave it up" },
  "refused": { code: "refused", detail: "the other browser accepts no connections" },
  "busy": { code: "other", detail: "the other browser has too many connections" },
};
