/**
 * What TLS with a certificate at both ends is for TCP, this is for connections that carry messages,
 * in order and whole: WebSockets and data channels, at which a browser has no certificate to show.
 *
 * The handshake is SIGMA-I: H. Krawczyk, "SIGMA: the 'SIGn-and-MAc' Approach to Authenticated
 * Diffie-Hellman and its Use in the IKE Protocols" (CRYPTO 2003), section 5.2. What is signed and how
 * keys follow is as in TLS 1.3 (RFC 8446, sections 4.4 and 7), which is a SIGMA as well; the curve is
 * X25519 (RFC 7748), keys follow by HKDF with SHA-256 (RFC 5869).
 *
 *     dialler                                                accepter
 *
 *     greeting ── version 1, fresh key (1 + 32 bytes) ─────► awaiting
 *        │     ◄── fresh key (32 bytes), sealed proof ──────    │
 *        ▼                                                      ▼
 *       open   ── sealed proof ───────────────────────────► proving
 *                                                               ▼
 *              ◄── records: sealed bytes, at most 16 KiB ──►   open
 *
 *     from everywhere: a message that is not as it must be ──► failed, which is final
 *
 * Records are sealed with ChaCha20-Poly1305 (RFC 8439), by a key for each direction and a number that
 * counts from 0 and is not sent: a record that is altered, lost, repeated or out of order does not
 * open. Bytes come out as they went in, cut in other places, like those of TCP.
 *
 * It promises that both ends hold the keys that their ids stand for and agree on who the other is;
 * that who listens learns neither bytes nor identities, also with the nodes' keys stolen later; that
 * of who connects, nothing is told before the accepter has proven itself. An accepter shows its id to
 * any caller. It does not promise that the end is the end: who cuts the connection can drop what
 * comes last, so what is above says goodbye. Sizes and times are not hidden.
 *
 * Messages in; messages to send and events out by `takeMessages` and `takeEvents`, which the owner
 * empties after every call.
 */

import type { NodeId } from "../base/node_id.ts";
import type { AgreementKey, Crypto, Signer } from "../base/ports.ts";
import { ChannelError } from "./channel_error.ts";
import { ChannelHandshake, MAX_PROOF_BYTES, type Role } from "./channel_handshake.ts";

export { ChannelError };

/** Bytes of the largest message: what every data channel takes (RFC 8831, section 6.6). */
export const MAX_CHANNEL_MESSAGE_BYTES = 16_384;

/** Something that happened on a channel. */
export type ChannelEvent =
  | {
    type: "opened";
    /** Who the far end has proven to be. */
    id: NodeId;
    /** 32 secret bytes, the same at both ends, and of this channel alone. */
    binding: Uint8Array;
  }
  /** Some of the bytes that the far end sent. */
  | { type: "bytes"; bytes: Uint8Array };

/** What an end puts in. */
export interface ChannelOptions {
  /** Who it is. */
  signer: Signer;
  crypto: Crypto;
}

const VERSION = 1;
const KEY_BYTES = 32;
const TAG_BYTES = 16;

/** Bytes that fit into one record. */
const MAX_RECORD_BYTES = MAX_CHANNEL_MESSAGE_BYTES - TAG_BYTES;

type State =
  | { type: "greeting"; handshake: ChannelHandshake; key: AgreementKey }
  | { type: "awaiting"; handshake: ChannelHandshake }
  | { type: "proving"; handshake: ChannelHandshake }
  | { type: "open"; incoming: RecordCipher; outgoing: RecordCipher }
  | { type: "failed" };

/** One end of a channel. */
export class SecureChannel {
  readonly #options: ChannelOptions;
  #state: State;
  #messages: Uint8Array[] = [];
  #events: ChannelEvent[] = [];

  private constructor(options: ChannelOptions, state: State) {
    this.#options = options;
    this.#state = state;
  }

  /** The end that was told to connect; says the first word. */
  static dial(options: ChannelOptions): SecureChannel {
    const handshake = new ChannelHandshake(options.crypto);
    const key = options.crypto.newAgreementKey();
    const channel = new SecureChannel(options, { type: "greeting", handshake, key });
    const hello = Uint8Array.of(VERSION, ...key.publicKey);
    handshake.mix(hello);
    channel.#messages.push(hello);
    return channel;
  }

  /** The end that somebody connected to. */
  static accept(options: ChannelOptions): SecureChannel {
    const handshake = new ChannelHandshake(options.crypto);
    return new SecureChannel(options, { type: "awaiting", handshake });
  }

  /** Whether the far end has proven who it is. */
  get isOpen(): boolean {
    return this.#state.type === "open";
  }

  /**
   * Takes bytes to send, in records of at most 16 KiB. They may be changed afterwards.
   *
   * @throws {Error} when the channel is not open: nobody has been told yet that it is
   */
  send(bytes: Uint8Array): void {
    if (this.#state.type !== "open") {
      throw new Error(`Cannot send while the channel is ${this.#state.type}, wanted it open`);
    }
    for (let at = 0; at < bytes.length; at += MAX_RECORD_BYTES) {
      this.#messages.push(this.#state.outgoing.seal(bytes.subarray(at, at + MAX_RECORD_BYTES)));
    }
  }

  /**
   * One message came, as it was sent.
   *
   * @throws {ChannelError} when it is forged, altered, repeated or malformed: the connection must be
   *   ended, and every later message is refused as well
   */
  receive(message: Uint8Array): void {
    const state = this.#state;
    // An exception leaves it so, whichever it was.
    this.#state = { type: "failed" };
    this.#state = this.#next(state, message);
  }

  /** Messages to send, in order; empties the list. */
  takeMessages(): Uint8Array[] {
    const messages = this.#messages;
    if (messages.length > 0) this.#messages = [];
    return messages;
  }

  /** What happened, in order; empties the list. */
  takeEvents(): ChannelEvent[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    return events;
  }

  #next(state: State, message: Uint8Array): State {
    switch (state.type) {
      case "awaiting":
        this.#answer(state.handshake, message);
        return { type: "proving", handshake: state.handshake };
      case "greeting": {
        const id = this.#meet(state, message);
        return this.#open("dialler", id, state.handshake);
      }
      case "proving": {
        expectBytes("proof of identity", message, 1, MAX_PROOF_BYTES);
        const id = state.handshake.check("dialler", message);
        return this.#open("accepter", id, state.handshake);
      }
      case "open":
        this.#events.push({ type: "bytes", bytes: state.incoming.open(message) });
        return state;
      case "failed":
        throw new ChannelError("it sent more after what was wrong already");
      default:
        return state satisfies never;
    }
  }

  /** The dialler said hello. */
  #answer(handshake: ChannelHandshake, hello: Uint8Array): void {
    expectBytes("hello", hello, 1 + KEY_BYTES, 1 + KEY_BYTES);
    if (hello[0] !== VERSION) {
      throw new ChannelError(`it speaks version ${hello[0]} of channels, wanted ${VERSION}`);
    }
    const { crypto, signer } = this.#options;
    const key = crypto.newAgreementKey();
    handshake.mix(hello);
    handshake.mix(key.publicKey);
    handshake.agree(key, hello.slice(1));
    const proof = handshake.prove("accepter", signer);
    const answer = new Uint8Array(KEY_BYTES + proof.length);
    answer.set(key.publicKey);
    answer.set(proof, KEY_BYTES);
    this.#messages.push(answer);
  }

  /** The accepter answered, and is now told who this is. */
  #meet({ handshake, key }: State & { type: "greeting" }, answer: Uint8Array): NodeId {
    expectBytes("answer", answer, KEY_BYTES + 1, KEY_BYTES + MAX_PROOF_BYTES);
    const theirs = answer.slice(0, KEY_BYTES);
    handshake.mix(theirs);
    handshake.agree(key, theirs);
    const id = handshake.check("accepter", answer.subarray(KEY_BYTES));
    this.#messages.push(handshake.prove("dialler", this.#options.signer));
    return id;
  }

  #open(role: Role, id: NodeId, handshake: ChannelHandshake): State {
    const { crypto } = this.#options;
    const { keys, binding } = handshake.finish();
    this.#events.push({ type: "opened", id, binding });
    const far = role === "dialler" ? "accepter" : "dialler";
    return {
      type: "open",
      incoming: new RecordCipher(crypto, keys[far]),
      outgoing: new RecordCipher(crypto, keys[role]),
    };
  }
}

/** One direction: seals or opens records in their order. */
class RecordCipher {
  readonly #crypto: Crypto;
  readonly #key: Uint8Array;
  readonly #nonce = new Uint8Array(12);
  readonly #number = new DataView(this.#nonce.buffer, 4);
  #count = 0;

  constructor(crypto: Crypto, key: Uint8Array) {
    this.#crypto = crypto;
    this.#key = key;
  }

  seal(bytes: Uint8Array): Uint8Array {
    return this.#crypto.seal(this.#key, this.#nextNonce(), NOTHING, bytes);
  }

  /** @throws {ChannelError} when it is not the very next record */
  open(record: Uint8Array): Uint8Array {
    expectBytes("record", record, TAG_BYTES + 1, MAX_CHANNEL_MESSAGE_BYTES);
    const bytes = this.#crypto.open(this.#key, this.#nextNonce(), NOTHING, record);
    if (bytes !== undefined) return bytes;
    throw new ChannelError("a record of it was altered, lost or repeated on the way");
  }

  #nextNonce(): Uint8Array {
    this.#number.setBigUint64(0, BigInt(this.#count++));
    return this.#nonce;
  }
}

const NOTHING = new Uint8Array(0);

/** @throws {ChannelError} when a message has not a length that such a message can have */
function expectBytes(what: string, { length }: Uint8Array, least: number, most: number): void {
  if (length >= least && length <= most) return;
  const wanted = least === most ? `${least}` : `from ${least} to ${most}`;
  throw new ChannelError(`it sent ${length} bytes where its ${what} should be, wanted ${wanted}`);
}
