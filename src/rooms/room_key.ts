/**
 * All that follows from the name of a room, and that nobody has who does not know it: where the
 * room is, the key that proves it to those who keep its records, and keys for sealing.
 *
 *     name ── scrypt ── HKDF ──┬── seed of an Ed25519 key: its id is the room's location
 *                              ├── key for records
 *                              ├── key for letters from one member to another, one for each pair
 *                              └── key for messages, one for each author, run of its node and epoch
 *
 * A nonce must never come twice with one key. The messages of an epoch are counted, so their
 * numbers are the nonces. Letters and records have no number, so their nonce is a keyed hash of
 * what they hold: it is the same only where that is the same too (as in the synthetic IV of RFC
 * 5297).
 */

import { concatBytes, encodeUtf8 } from "../base/bytes.ts";
import { type NodeId, nodeIdToBytes } from "../base/node_id.ts";
import type { Crypto, Signer } from "../base/ports.ts";
import { hkdfExpand, hkdfExtract } from "../identity/hkdf.ts";
import { type MessageName, ROOM_NONCE_BYTES, uint64 } from "../wire/rooms.ts";

const EMPTY = new Uint8Array(0);
const KEY_BYTES = 32;
const SALT = encodeUtf8("area-net room 1");
const SIGNER = encodeUtf8("area-net room signer");
const RECORD = encodeUtf8("area-net room record");
const LETTER = encodeUtf8("area-net room letter");
const MESSAGE = encodeUtf8("area-net room message");

/** Pairs of members whose keys are kept, those of this node's neighbours above all. */
const MAX_PAIRS = 256;

/** Something sealed that has no number, and the nonce that it needs in place of one. */
export interface Sealed {
  nonce: Uint8Array;
  sealed: Uint8Array;
}

export class RoomKey {
  readonly name: string;
  /** Proves to whoever keeps the room's records that somebody knows its name. */
  readonly signer: Signer;
  readonly #crypto: Crypto;
  readonly #secret: Uint8Array;
  readonly #pairs = new Map<string, Uint8Array>();

  /** @param name in normal form; takes a tenth of a second, for those who guess at names too */
  constructor(crypto: Crypto, name: string) {
    this.name = name;
    this.#crypto = crypto;
    const secret = crypto.stretch(encodeUtf8(name), SALT);
    this.#secret = hkdfExtract(crypto, SALT, secret);
    this.signer = crypto.signerFrom(this.#derive(KEY_BYTES, SIGNER));
  }

  /** The room's place among the ids of nodes. */
  get location(): NodeId {
    return this.signer.id;
  }

  /** A record, as those keep it who do not know the name: its nonce, then what is sealed. */
  sealRecord(record: Uint8Array): Uint8Array {
    const { nonce, sealed } = this.#seal(this.#derive(2 * KEY_BYTES, RECORD), record);
    return concatBytes([nonce, sealed]);
  }

  /** Undoes `sealRecord`; undefined when it was not sealed by somebody who knows the name. */
  openRecord(payload: Uint8Array): Uint8Array | undefined {
    const nonce = payload.subarray(0, ROOM_NONCE_BYTES);
    const sealed = payload.subarray(ROOM_NONCE_BYTES);
    return this.#open(this.#derive(2 * KEY_BYTES, RECORD), { nonce, sealed });
  }

  /** Seals the head of a letter, so that it opens for one recipient and from one sender only. */
  sealHead(from: NodeId, to: NodeId, head: Uint8Array): Sealed {
    return this.#seal(this.#letterKeys(from, to), head);
  }

  /** Undoes `sealHead`; undefined when the sender does not know the name or it was altered. */
  openHead(from: NodeId, to: NodeId, letter: Sealed): Uint8Array | undefined {
    return this.#open(this.#letterKeys(from, to), letter);
  }

  /** Seals a message for the whole room. Never call it twice with one name of a message. */
  sealMessage(name: MessageName, message: Uint8Array): Uint8Array {
    return this.#crypto.seal(this.#messageKey(name), nonceOf(name), EMPTY, message);
  }

  /** Undoes `sealMessage`; undefined when it is not what was sealed under that name. */
  openMessage(name: MessageName, sealed: Uint8Array): Uint8Array | undefined {
    return this.#crypto.open(this.#messageKey(name), nonceOf(name), EMPTY, sealed);
  }

  #derive(length: number, ...purpose: readonly Uint8Array[]): Uint8Array {
    return hkdfExpand(this.#crypto, this.#secret, concatBytes(purpose), length);
  }

  /** One to seal with and one for making nonces. Kept: the same few members write all the time. */
  #letterKeys(from: NodeId, to: NodeId): Uint8Array {
    const pair = `${from} ${to}`;
    const known = this.#pairs.get(pair);
    if (known !== undefined) return known;
    const keys = this.#derive(2 * KEY_BYTES, LETTER, nodeIdToBytes(from), nodeIdToBytes(to));
    this.#pairs.set(pair, keys);
    const [first] = this.#pairs.keys();
    if (first !== undefined && this.#pairs.size > MAX_PAIRS) this.#pairs.delete(first);
    return keys;
  }

  /** The run is in it, so not even a clock that was set back makes a key come twice. */
  #messageKey({ author, run, epoch }: MessageName): Uint8Array {
    return this.#derive(KEY_BYTES, MESSAGE, nodeIdToBytes(author), run, uint64(epoch));
  }

  #seal(keys: Uint8Array, plaintext: Uint8Array): Sealed {
    const [key, nonceKey] = [keys.subarray(0, KEY_BYTES), keys.subarray(KEY_BYTES)];
    const nonce = this.#crypto.hmacSha256(nonceKey, plaintext).slice(0, ROOM_NONCE_BYTES);
    return { nonce, sealed: this.#crypto.seal(key, nonce, EMPTY, plaintext) };
  }

  #open(keys: Uint8Array, { nonce, sealed }: Sealed): Uint8Array | undefined {
    if (nonce.length !== ROOM_NONCE_BYTES) return undefined;
    return this.#crypto.open(keys.subarray(0, KEY_BYTES), nonce, EMPTY, sealed);
  }
}

function nonceOf({ sequence }: MessageName): Uint8Array {
  const nonce = new Uint8Array(ROOM_NONCE_BYTES);
  nonce.set(uint64(sequence), ROOM_NONCE_BYTES - 8);
  return nonce;
}
