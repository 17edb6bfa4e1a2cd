/**
 * HPKE (RFC 9180): sealing to a public key. In auth mode, so that the recipient learns for certain
 * who sealed; with one suite, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305, for a choice
 * of suites is a choice for an attacker, too.
 *
 * The sender agrees on two secrets with the recipient, one by a key made for the occasion and one by
 * its own, and derives from both a context that seals a stream of messages:
 *
 *     sender                                              recipient
 *     ------                                              ---------
 *     setUpSender    -- enc, the ephemeral public key -->  setUpRecipient
 *     context.seal   -- sequence, aad, sealed --------->   context.open
 *
 * The RFC counts messages inside of the context. Here the sequence is an argument, for envelopes may
 * arrive in any order: so the sender's caller never gives one twice, and the recipient's drops replays.
 * As in the RFC, a context works in one direction: answers need one of their own.
 *
 * What auth mode does not give: whoever steals the recipient's private key can read what was sealed to
 * it, and can also forge messages to that recipient as if from anybody (section 9.1.1). Where that
 * matters, keys for agreement are replaced often.
 */

import { concatBytes, encodeUtf8 } from "../base/bytes.ts";
import type { AgreementKey, Crypto } from "../base/ports.ts";
import { hkdfExpand, hkdfExtract, NO_SALT } from "./hkdf.ts";

/** The numbers of section 7: the key encapsulation, then the derivation of keys and the cipher. */
const KEM_ID = [0x00, 0x20] as const;
const KEM_SUITE = concatBytes([encodeUtf8("KEM"), Uint8Array.of(...KEM_ID)]);
const SUITE = concatBytes([encodeUtf8("HPKE"), Uint8Array.of(...KEM_ID, 0, 0x01, 0, 0x03)]);

const VERSION = encodeUtf8("HPKE-v1");
const MODE_AUTH = Uint8Array.of(0x02);
const NOTHING = new Uint8Array(0);

const SECRET_BYTES = 32;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;

/** What the sender puts in. */
export interface SenderSetup {
  crypto: Crypto;
  sender: AgreementKey;
  /** A key made for this context alone. */
  ephemeral: AgreementKey;
  /** The recipient's public key. */
  recipient: Uint8Array;
  /** What both ends know anyway, and bind the context to. */
  info: Uint8Array;
}

/** What the recipient puts in. */
export interface RecipientSetup {
  crypto: Crypto;
  recipient: AgreementKey;
  /** As the sender's setup gave it. */
  enc: Uint8Array;
  /** The public key of whom the messages are said to be from. */
  sender: Uint8Array;
  info: Uint8Array;
}

/**
 * SetupAuthS: a context that seals, and `enc`, from which the recipient makes its own.
 *
 * @returns undefined when the recipient's public key is none that may be used
 */
export function setUpSender(
  { crypto, sender, ephemeral, recipient, info }: SenderSetup,
): { enc: Uint8Array; context: HpkeContext } | undefined {
  const agreed = joined(ephemeral.agree(recipient), sender.agree(recipient));
  if (agreed === undefined) return undefined;
  const enc = ephemeral.publicKey;
  const parties = concatBytes([enc, recipient, sender.publicKey]);
  return { enc, context: contextOf(crypto, sharedSecret(crypto, agreed, parties), info) };
}

/**
 * SetupAuthR: a context that opens what the holder of the sender's private key seals to us. A wrong
 * `enc`, `sender` or `info` shows only then: nothing can be opened.
 *
 * @returns undefined when one of the public keys is none that may be used
 */
export function setUpRecipient(
  { crypto, recipient, enc, sender, info }: RecipientSetup,
): HpkeContext | undefined {
  const agreed = joined(recipient.agree(enc), recipient.agree(sender));
  if (agreed === undefined) return undefined;
  const parties = concatBytes([enc, recipient.publicKey, sender]);
  return contextOf(crypto, sharedSecret(crypto, agreed, parties), info);
}

/** What a context is made of (section 5.1). */
interface ContextSecrets {
  key: Uint8Array;
  baseNonce: Uint8Array;
  exporterSecret: Uint8Array;
}

/** The two ends of one stream of messages: the sender's seals, the recipient's opens. */
export class HpkeContext {
  readonly #crypto: Crypto;
  readonly #key: Uint8Array;
  readonly #exporterSecret: Uint8Array;
  /** The nonce of the message at hand, written anew for each: its last eight bytes are their own. */
  readonly #nonce: Uint8Array;
  readonly #nonceView: DataView;
  /** Those eight bytes of the base nonce, in two numbers. */
  readonly #baseHigh: number;
  readonly #baseLow: number;

  /** For the two setups above. */
  constructor(crypto: Crypto, { key, baseNonce, exporterSecret }: ContextSecrets) {
    this.#crypto = crypto;
    this.#key = key;
    this.#exporterSecret = exporterSecret;
    this.#nonce = new Uint8Array(baseNonce);
    this.#nonceView = new DataView(this.#nonce.buffer);
    this.#baseHigh = this.#nonceView.getUint32(NONCE_BYTES - 8);
    this.#baseLow = this.#nonceView.getUint32(NONCE_BYTES - 4);
  }

  /**
   * Seals one message. Never two under one sequence: whoever sees both learns how their plaintexts
   * differ, and can forge messages under that sequence.
   *
   * @param sequence the message's number, from 0 to 2^53 - 1
   * @param aad bytes that go with the message, are not hidden, and cannot be altered either
   */
  seal(sequence: number, aad: Uint8Array, ...plaintext: readonly Uint8Array[]): Uint8Array {
    if (!isSequence(sequence)) {
      throw new RangeError(
        `Cannot seal under the sequence ${sequence}, wanted an integer from 0 to 2^53 - 1`,
      );
    }
    return this.#crypto.seal(this.#key, this.#nonceFor(sequence), aad, ...plaintext);
  }

  /** The plaintext; undefined unless the sender sealed just this, under `sequence` and with `aad`. */
  open(sequence: number, aad: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    if (!isSequence(sequence)) return undefined;
    return this.#crypto.open(this.#key, this.#nonceFor(sequence), aad, sealed);
  }

  /**
   * A secret that only the two ends know, for uses of their own; equal contexts give equal ones.
   *
   * @param context tells apart the secrets of one context
   * @param length in bytes, at most 8160
   */
  export(context: Uint8Array, length: number): Uint8Array {
    return labeledExpand(this.#crypto, SUITE, this.#exporterSecret, "sec", context, length);
  }

  /** The base nonce XOR the sequence as 12 bytes, the highest first (section 5.2). */
  #nonceFor(sequence: number): Uint8Array {
    const high = Math.floor(sequence / 0x1_0000_0000);
    this.#nonceView.setUint32(NONCE_BYTES - 8, this.#baseHigh ^ high);
    this.#nonceView.setUint32(NONCE_BYTES - 4, this.#baseLow ^ sequence);
    return this.#nonce;
  }
}

function isSequence(sequence: number): boolean {
  return Number.isSafeInteger(sequence) && sequence >= 0;
}

/** Both secrets, one after the other; undefined where one of them is known to everybody. */
function joined(
  first: Uint8Array | undefined,
  second: Uint8Array | undefined,
): Uint8Array | undefined {
  if (first === undefined || second === undefined) return undefined;
  return isZero(first) || isZero(second) ? undefined : concatBytes([first, second]);
}

/** What X25519 gives for a public key of low order, whatever the private key is (section 7.1.4). */
function isZero(secret: Uint8Array): boolean {
  return secret.reduce((bits, byte) => bits | byte, 0) === 0;
}

/** ExtractAndExpand of section 4.1. @param parties the public keys of all that take part */
function sharedSecret(crypto: Crypto, agreed: Uint8Array, parties: Uint8Array): Uint8Array {
  const key = labeledExtract(crypto, KEM_SUITE, NO_SALT, "eae_prk", agreed);
  return labeledExpand(crypto, KEM_SUITE, key, "shared_secret", parties, SECRET_BYTES);
}

/** KeySchedule of section 5.1, without a key that both have beforehand. */
function contextOf(crypto: Crypto, shared: Uint8Array, info: Uint8Array): HpkeContext {
  const extract = (salt: Uint8Array, label: string, secret: Uint8Array) =>
    labeledExtract(crypto, SUITE, salt, label, secret);
  const bindings = concatBytes([
    MODE_AUTH,
    extract(NO_SALT, "psk_id_hash", NOTHING),
    extract(NO_SALT, "info_hash", info),
  ]);
  const secret = extract(shared, "secret", NOTHING);
  const expand = (label: string, length: number) =>
    labeledExpand(crypto, SUITE, secret, label, bindings, length);
  return new HpkeContext(crypto, {
    key: expand("key", KEY_BYTES),
    baseNonce: expand("base_nonce", NONCE_BYTES),
    exporterSecret: expand("exp", SECRET_BYTES),
  });
}

/** LabeledExtract of section 4. */
function labeledExtract(
  crypto: Crypto,
  suite: Uint8Array,
  salt: Uint8Array,
  label: string,
  secret: Uint8Array,
): Uint8Array {
  return hkdfExtract(crypto, salt, concatBytes([VERSION, suite, encodeUtf8(label), secret]));
}

/** LabeledExpand of section 4. */
function labeledExpand(
  crypto: Crypto,
  suite: Uint8Array,
  key: Uint8Array,
  label: string,
  context: Uint8Array,
  length: number,
): Uint8Array {
  const size = Uint8Array.of(length >>> 8, length);
  const purpose = concatBytes([size, VERSION, suite, encodeUtf8(label), context]);
  return hkdfExpand(crypto, key, purpose, length);
}
