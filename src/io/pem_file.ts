/** Files of keys and certificates in PEM (RFC 7468): what may be in them, and how they are kept safe. */

import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { equalBytes } from "../base/bytes.ts";
import { describeFileError } from "./file_error.ts";
import { describeKey, KEY_KINDS, keyKind } from "./key_kind.ts";
import { spkiOf } from "./node_crypto.ts";

/** An identity cannot be used. The message says where it is and what to do. */
export class IdentityError extends Error {
  override readonly name = "IdentityError";
}

/** A file, and what its user can do when there is no good in it. */
export interface PemFile {
  path: string;
  remedy: string;
}

/** One key may stand among other blocks, such as parameters or its certificate. */
const PRIVATE_KEY = /-----BEGIN ([A-Z ]*)PRIVATE KEY-----.*?-----END \1PRIVATE KEY-----/s;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs;

/**
 * The private key in a file, or undefined when there is no such file.
 *
 * @throws {IdentityError} when the file cannot be read, is open to others, or holds no key that a
 *   node may have
 */
export function readPrivateKey(file: PemFile): KeyObject | undefined {
  const text = readIfThere(file);
  if (text === undefined) return undefined;
  refuseExposed(file.path);
  const key = parsePrivateKey(text, file);
  if (keyKind(key) !== undefined) return key;
  throw new IdentityError(
    `The private key ${file.path} is of the kind ${describeKey(key)}, wanted ${KEY_KINDS}: ` +
      file.remedy,
  );
}

/**
 * The certificates in a file, the node's own first, without whatever stands around them; or
 * undefined when there is no such file.
 *
 * @throws {IdentityError} when the file cannot be read
 */
export function readCertificate(file: PemFile): string | undefined {
  const text = readIfThere(file);
  if (text === undefined) return undefined;
  return (text.match(CERTIFICATE) ?? []).map((block) => `${block}\n`).join("");
}

/** Whether `certificate` is one in PEM, and of that key. */
export function isCertificateOf(key: KeyObject, certificate: string): boolean {
  try {
    return equalBytes(spkiOf(new X509Certificate(certificate).publicKey), spkiOf(key));
  } catch {
    return false;
  }
}

/** A private key in the one form that every TLS library reads: PKCS#8 (RFC 5958) in PEM. */
export function privateKeyPem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }) as string;
}

function parsePrivateKey(text: string, { path, remedy }: PemFile): KeyObject {
  const [block, kind] = PRIVATE_KEY.exec(text) ?? [];
  // The second is the older form, with the cipher in a header.
  if (kind === "ENCRYPTED " || block?.includes("Proc-Type: 4,ENCRYPTED")) {
    throw new IdentityError(
      `The private key ${path} is protected by a passphrase, which a node cannot ask for: write it ` +
        `without one, as "openssl pkey -in ${path} -out FILE" does`,
    );
  }
  try {
    if (block !== undefined) return createPrivateKey(block);
  } catch {
    // Told below: what the library says of broken keys helps nobody.
  }
  throw new IdentityError(`The file ${path} holds no private key in PEM: ${remedy}`);
}

function readIfThere({ path, remedy }: PemFile): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof Deno.errors.NotADirectory) return undefined;
    const advice = error instanceof Deno.errors.NotCapable
      ? `put its folder into read of permissions.node in deno.json`
      : remedy;
    throw new IdentityError(`Could not read ${path}: ${describeFileError(error)}; ${advice}`);
  }
}

function refuseExposed(path: string): void {
  const mode = exposedMode(path);
  if (mode === undefined) return;
  throw new IdentityError(
    `The private key ${path} is open to other users (mode ${mode}, wanted 0600): ` +
      `run "chmod 600 ${path}"`,
  );
}

/** The mode of a file that others than its owner may use, such as "0644"; undefined for a safe one. */
export function exposedMode(path: string): string | undefined {
  const { mode } = Deno.statSync(path);
  // Windows keeps no such modes.
  if (mode === null || (mode & 0o077) === 0) return undefined;
  return (mode & 0o777).toString(8).padStart(4, "0");
}
