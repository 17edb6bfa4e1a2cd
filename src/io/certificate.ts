/**
 * A self-signed certificate for a key, written in process: the one thing that TLS wants besides the
 * key. Nobody reads anything in it but the public key, so all else is the same for every node, and
 * it never expires; who a node is rests on its key alone.
 *
 * X.509 version 3 (RFC 5280) in DER (ITU-T X.690), with the algorithms of RFC 8410 (Ed25519), RFC 5758
 * (ECDSA) and RFC 4055 (RSA).
 */

import { type KeyObject, sign } from "node:crypto";
import { encodeUtf8 } from "../base/bytes.ts";
import { describeKey, KEY_KINDS, type KeyKind, keyKind } from "./key_kind.ts";
import { spkiOf } from "./node_crypto.ts";

const SEQUENCE = 0x30, SET = 0x31, INTEGER = 0x02, BIT_STRING = 0x03, NULL = 0x05;
const OBJECT_ID = 0x06, UTF8_STRING = 0x0c, VERSION = 0xa0;
const UTC_TIME = 0x17, GENERALIZED_TIME = 0x18;

/** How each kind of key signs certificates. */
const SIGNATURES: Readonly<Record<KeyKind, { algorithm: Uint8Array; hash: string | null }>> = {
  "Ed25519": { algorithm: der(SEQUENCE, objectId(0x2b, 0x65, 0x70)), hash: null },
  "P-256": {
    algorithm: der(SEQUENCE, objectId(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)),
    hash: "sha256",
  },
  "RSA": {
    algorithm: der(
      SEQUENCE,
      objectId(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b),
      der(NULL),
    ),
    hash: "sha256",
  },
};

/** "area-net", as issuer and as subject. */
const NAME = der(
  SEQUENCE,
  der(SET, der(SEQUENCE, objectId(0x55, 0x04, 0x03), der(UTF8_STRING, encodeUtf8("area-net")))),
);

/**
 * From 1970, before anybody's clock, to the end of time. Until 2049 the year must have two digits
 * (RFC 5280, section 4.1.2.5).
 */
const VALIDITY = der(
  SEQUENCE,
  der(UTC_TIME, encodeUtf8("700101000000Z")),
  der(GENERALIZED_TIME, encodeUtf8("99991231235959Z")),
);

/**
 * The certificate of a private key, in PEM.
 *
 * @param key Ed25519, P-256 or RSA
 * @throws {TypeError} for a key of another kind
 */
export function selfSignedCertificate(key: KeyObject): string {
  const kind = keyKind(key);
  if (kind === undefined) {
    throw new TypeError(`A key of the kind ${describeKey(key)}, wanted ${KEY_KINDS}`);
  }
  const { algorithm, hash } = SIGNATURES[kind];
  const body = der(
    SEQUENCE,
    der(VERSION, der(INTEGER, Uint8Array.of(2))),
    der(INTEGER, Uint8Array.of(1)),
    algorithm,
    NAME,
    VALIDITY,
    NAME,
    spkiOf(key),
  );
  const signature = der(BIT_STRING, Uint8Array.of(0), sign(hash, body, key));
  return pem("CERTIFICATE", der(SEQUENCE, body, algorithm, signature));
}

/** One DER element: tag, length, contents. */
function der(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const length = contents.reduce((sum, { length }) => sum + length, 0);
  const lengthBytes = length < 0x80
    ? [length]
    : length < 0x100
    ? [0x81, length]
    : [0x82, length >> 8, length & 0xff];
  const element = new Uint8Array(1 + lengthBytes.length + length);
  element.set([tag, ...lengthBytes]);
  let at = 1 + lengthBytes.length;
  for (const part of contents) {
    element.set(part, at);
    at += part.length;
  }
  return element;
}

function objectId(...bytes: number[]): Uint8Array {
  return der(OBJECT_ID, Uint8Array.from(bytes));
}

function pem(label: string, bytes: Uint8Array): string {
  const lines = bytes.toBase64().match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
