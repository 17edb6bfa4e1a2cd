/**
 * What keeps a message between its two ends: one HPKE context (RFC 9180, auth mode) for each pair of
 * nodes and direction, made once, so that a stream of messages costs one AEAD for each envelope.
 *
 * Both ends and the number of the context go into the key schedule, so an envelope that is sent on
 * under other names does not open. Receipts go the other way under a key exported from the context
 * (section 9.8): only the recipient can have written them.
 */

import { concatBytes, encodeUtf8 } from "../base/bytes.ts";
import { type NodeId, nodeIdToBytes } from "../base/node_id.ts";
import type { AgreementKey, Crypto } from "../base/ports.ts";
import { type HpkeContext, setUpRecipient, setUpSender } from "../identity/hpke.ts";

/** The two ends of a context, and which of those between them it is. */
export interface ContextName {
  origin: NodeId;
  recipient: NodeId;
  /** Grows with each context of one origin. */
  number: number;
}

const EMPTY = new Uint8Array(0);
const RECEIPT_KEY = encodeUtf8("area-net receipt key");
const KEY_BYTES = 32, NONCE_BYTES = 12;

/** The origin's end of a context. */
export class OriginSeal {
  readonly number: number;
  /** What the recipient needs to make its end. */
  readonly enc: Uint8Array;
  /** The only key that can open it. */
  readonly recipientKey: Uint8Array;
  readonly #context: HpkeContext;
  readonly #receipts: ReceiptCipher;

  private constructor(
    crypto: Crypto,
    number: number,
    enc: Uint8Array,
    recipientKey: Uint8Array,
    context: HpkeContext,
  ) {
    this.number = number;
    this.enc = enc;
    this.recipientKey = recipientKey;
    this.#context = context;
    this.#receipts = new ReceiptCipher(crypto, context);
  }

  /**
   * A new context from the holder of `own` to the holder of `theirs`; undefined when that key cannot
   * be sealed to.
   */
  static make(
    crypto: Crypto,
    name: ContextName,
    own: AgreementKey,
    theirs: Uint8Array,
  ): OriginSeal | undefined {
    const made = setUpSender({
      crypto,
      sender: own,
      ephemeral: crypto.newAgreementKey(),
      recipient: theirs,
      info: infoOf(name),
    });
    return made && new OriginSeal(crypto, name.number, made.enc, theirs, made.context);
  }

  /** Seals an envelope. Never call it twice with one sequence number. */
  seal(sequence: number, contents: readonly Uint8Array[]): Uint8Array {
    return this.#context.seal(sequence, EMPTY, ...contents);
  }

  /** What a receipt says; undefined when the recipient did not write it. */
  openReceipt(number: number, sealed: Uint8Array): Uint8Array | undefined {
    return this.#receipts.open(number, sealed);
  }
}

/** The recipient's end of a context. */
export class RecipientSeal {
  readonly number: number;
  /** The key of the origin that this context proves. */
  readonly originKey: Uint8Array;
  readonly #context: HpkeContext;
  readonly #receipts: ReceiptCipher;

  private constructor(crypto: Crypto, number: number, originKey: Uint8Array, context: HpkeContext) {
    this.number = number;
    this.originKey = originKey;
    this.#context = context;
    this.#receipts = new ReceiptCipher(crypto, context);
  }

  /** The other end of what `enc` encapsulates, if that is any. What it opens proves whose it is. */
  static make(
    crypto: Crypto,
    name: ContextName,
    own: AgreementKey,
    theirs: Uint8Array,
    enc: Uint8Array,
  ): RecipientSeal | undefined {
    const info = infoOf(name);
    const context = setUpRecipient({ crypto, recipient: own, enc, sender: theirs, info });
    return context && new RecipientSeal(crypto, name.number, theirs, context);
  }

  /** What an envelope holds; undefined when it is forged or altered. */
  open(sequence: number, sealed: Uint8Array): Uint8Array | undefined {
    return this.#context.open(sequence, EMPTY, sealed);
  }

  /** Seals a receipt. Never call it twice with one number. */
  sealReceipt(number: number, contents: Uint8Array): Uint8Array {
    return this.#receipts.seal(number, contents);
  }
}

class ReceiptCipher {
  readonly #crypto: Crypto;
  readonly #key: Uint8Array;

  constructor(crypto: Crypto, context: HpkeContext) {
    this.#crypto = crypto;
    this.#key = context.export(RECEIPT_KEY, KEY_BYTES);
  }

  seal(number: number, contents: Uint8Array): Uint8Array {
    return this.#crypto.seal(this.#key, nonceOf(number), EMPTY, contents);
  }

  open(number: number, sealed: Uint8Array): Uint8Array | undefined {
    return this.#crypto.open(this.#key, nonceOf(number), EMPTY, sealed);
  }
}

function nonceOf(number: number): Uint8Array {
  const nonce = new Uint8Array(NONCE_BYTES);
  new DataView(nonce.buffer).setBigUint64(NONCE_BYTES - 8, BigInt(number));
  return nonce;
}

function infoOf({ origin, recipient, number }: ContextName): Uint8Array {
  return concatBytes([
    encodeUtf8("area-net message 1"),
    nodeIdToBytes(origin),
    nodeIdToBytes(recipient),
    nonceOf(number),
  ]);
}
