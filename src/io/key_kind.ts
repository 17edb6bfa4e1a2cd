/**
 * The kinds of keys that a node may have. Those that every TLS 1.3 library and every browser can
 * check, and whose signatures stay below the limits of the wire.
 */

import type { KeyObject } from "node:crypto";

/** What people call each kind. */
export type KeyKind = "Ed25519" | "P-256" | "RSA";

/** The kinds in words, for messages that say what is wanted. */
export const KEY_KINDS = "Ed25519, P-256, or RSA with 2048 to 4096 bits";

/** The kind of a private or public key, or undefined when no node may have such a one. */
export function keyKind(key: KeyObject): KeyKind | undefined {
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case "ed25519":
      return "Ed25519";
    case "ec":
      return namedCurve === "prime256v1" ? "P-256" : undefined;
    case "rsa":
      return modulusLength >= 2048 && modulusLength <= 4096 ? "RSA" : undefined;
    default:
      return undefined;
  }
}

/** A key in a few words, such as "ec (secp384r1)" or "rsa (1024 bits)". */
export function describeKey(key: KeyObject): string {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  const type = key.asymmetricKeyType ?? "unknown";
  if (namedCurve !== undefined) return `${type} (${namedCurve})`;
  return modulusLength === undefined ? type : `${type} (${modulusLength} bits)`;
}
