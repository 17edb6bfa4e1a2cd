/**
 * The ports: what the core needs of the world, as interfaces. `src/io` fills them with sockets,
 * files and real time, `src/sim` with virtual ones; nothing else in the house can tell which.
 *
 * Ports answer by calling back, never by promise: the order of callbacks is part of a run, and a
 * simulated run must come out the same every time.
 */

import type { Address } from "./address.ts";
import type { NodeId } from "./node_id.ts";

/** Milliseconds on a clock that never goes back, fractions included. Only differences mean much. */
export type Instant = number;

/** Undoes what was asked for, if it has not happened yet. */
export type Cancel = () => void;

/** Time. */
export interface Clock {
  now(): Instant;
  /** Milliseconds since 1970 by the wall clock: to show to people, never to decide with. */
  wall(): number;
  /** Calls `wake` once, as soon as may be after `at`. */
  wakeAt(at: Instant, wake: () => void): Cancel;
}

/** Why a connection could not be made or ended badly, in codes that stay the same over versions. */
export type ConnectionErrorCode =
  | "refused"
  | "timed-out"
  | "unreachable"
  | "unresolved"
  | "reset"
  | "address-in-use"
  | "not-permitted"
  | "tls"
  | "other";

/** What went wrong with a connection. */
export interface ConnectionError {
  code: ConnectionErrorCode;
  /** The system's own words, for the log. */
  detail: string;
}

/** The far end of a connection, as far as the transport knows it. */
export interface Remote {
  address: Address;
  /** The id whose key the far end has proven to hold. */
  id: NodeId;
  /** A secret of this one connection, the same at both ends: what is bound to it cannot be passed on. */
  binding: Uint8Array;
}

/** A stream of bytes in both directions, in order and whole. */
export interface Connection {
  /** Takes `bytes` to send; they must not be changed afterwards. */
  send(bytes: Uint8Array): void;
  /** Sends what `send` was given, then ends the connection. Later calls do nothing. */
  close(): void;
  /** Bytes taken by `send` and not yet handed to the network. */
  readonly queuedBytes: number;
}

/** Told what becomes of a connection; `closed` comes exactly once, last, unless `close` was called. */
export interface ConnectionHandler {
  /** A dialled connection is ready. Not called for an accepted one, which is ready at once. */
  opened(remote: Remote): void;
  received(bytes: Uint8Array): void;
  /** All that was sent has been handed to the network, after `queuedBytes` was above zero. */
  drained(): void;
  /** The far end closed (no error), or it failed. */
  closed(error?: ConnectionError): void;
}

/** Told of connections that others make to us. */
export interface ListenHandler {
  /** Bound; `at` holds the real port where 0 was asked for. */
  listening(at: Address): void;
  /** Could not listen, or cannot any more. */
  failed(error: ConnectionError): void;
  /** Somebody was turned away before there was a connection: a failed handshake, too many at once. */
  refused(from: Address, reason: string): void;
  /** Answers with the handler for the new connection. */
  accepted(connection: Connection, remote: Remote): ConnectionHandler;
}

/** A key pair for agreeing on secrets: X25519 (RFC 7748). */
export interface AgreementKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /**
   * The 32 bytes that only the holders of both private keys can work out.
   *
   * @param publicKey the other one's; undefined comes back when it is none that may be used
   */
  agree(publicKey: Uint8Array): Uint8Array | undefined;
}

/**
 * Hashes, signatures and ciphers, synchronous: the order in which promises of a crypto library settle
 * is no part of a run that can be repeated.
 */
export interface Crypto {
  sha256(bytes: Uint8Array): Uint8Array;
  hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array;
  /**
   * Whether the holder of a public key signed `bytes`.
   *
   * @param publicKey SPKI in DER: Ed25519, P-256 or RSA
   */
  verify(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean;
  /** The one Ed25519 key (RFC 8032) that follows from `seed`, which are 32 secret bytes. */
  signerFrom(seed: Uint8Array): Signer;
  /**
   * 32 bytes that follow from a secret that people can remember. Slow on purpose, so that guesses at
   * it cost as much: scrypt (RFC 7914) with N = 2^15, r = 8, p = 1, which takes 32 MiB.
   */
  stretch(secret: Uint8Array, salt: Uint8Array): Uint8Array;
  /** A fresh key pair. */
  newAgreementKey(): AgreementKey;
  /**
   * Encrypts with ChaCha20-Poly1305 (RFC 8439).
   *
   * @param key 32 bytes
   * @param nonce 12 bytes, never used twice with one key
   * @param aad bytes that are not hidden and cannot be altered either
   * @param plaintext in pieces that stand for one text, so that nobody has to join them
   * @returns as many bytes as the plaintext has, and 16 of the tag
   */
  seal(
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    ...plaintext: readonly Uint8Array[]
  ): Uint8Array;
  /** Undoes `seal`; undefined when anything was altered. */
  open(
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    sealed: Uint8Array,
  ): Uint8Array | undefined;
}

/** The key of a node, which stays where it is and signs. */
export interface Signer {
  /** The SHA-256 of the public key. */
  readonly id: NodeId;
  /** SPKI in DER. */
  readonly publicKey: Uint8Array;
  sign(bytes: Uint8Array): Uint8Array;
}

/** A way of reaching other nodes. */
export interface Transport {
  /** Whether an address is of a kind that can be dialled at all from here. */
  reaches(to: Address): boolean;
  dial(to: Address, handler: ConnectionHandler): Connection;
  /** Stop listening by calling what is returned; connections already made go on. */
  listen(at: Address, handler: ListenHandler): Cancel;
  /** Takes the means to tell nodes something before there is a connection; absent where not needed. */
  useSignalling?(signalling: Signalling): void;
  /** A signal came from the node `from`, which has proven its key. */
  handleSignal?(from: NodeId, signal: Uint8Array): void;
}

/**
 * What two ends tell each other through the network before they can connect: the offers of WebRTC. A
 * transport that needs it is given this.
 */
export interface Signalling {
  /** Sends a signal, sealed like any message; whether it arrives nobody is told. */
  send(to: NodeId, signal: Uint8Array): void;
}

/** Named texts that outlive the process: the profile's folder. */
export interface Store {
  /** Reads the text `name`; `undefined` when there is none that can be read. */
  read(name: string, done: (text: string | undefined) => void): void;
  /**
   * Replaces the text `name` as a whole: a reader sees the old text or the new one, never a part.
   *
   * @param done told when it is safe on disk, or why it is not
   */
  write(name: string, text: string, done: (error?: string) => void): void;
}
