/**
 * The identity of a node: a private key and a certificate that shows it. An Ed25519 key is made at
 * the first start and kept in the profile's folder from then on, so that it is the same node after a
 * restart; or files of the user's own are taken.
 *
 * A key is never written over another one, except by {@linkcode rotateIdentity}: two nodes started
 * at once in one folder cannot take each other's identity away. The certificate can be made again
 * from the key at any time.
 */

import { generateKeyPairSync, type KeyObject } from "node:crypto";
import type { Signer } from "../base/ports.ts";
import type { NodeSettings } from "../config/host.ts";
import { successionStatement } from "../identity/successions.ts";
import type { Succession } from "../wire/succession.ts";
import { selfSignedCertificate } from "./certificate.ts";
import { describeFileError } from "./file_error.ts";
import { type KeyKind, keyKind } from "./key_kind.ts";
import { NodeCrypto, signerOf } from "./node_crypto.ts";
import {
  IdentityError,
  isCertificateOf,
  type PemFile,
  privateKeyPem,
  readCertificate,
  readPrivateKey,
} from "./pem_file.ts";
import { createFile, replaceFile } from "./private_file.ts";
import { readSuccessions, writeSuccessions } from "./successions_file.ts";
import type { Credentials } from "./tls_peer.ts";

/** Names of the files in the profile's folder. */
export const KEY_FILE = "identity.key";
export const CERTIFICATE_FILE = "identity.cert";

/** Where an identity comes from. */
export interface IdentitySource {
  /** The profile's folder; without it nothing is kept. */
  folder?: string;
  /** PEM file of the user's own private key, in place of the one in the folder. */
  keyFile?: string;
  /** PEM file of the certificate for `keyFile`. */
  certFile?: string;
}

/** Who this node is. */
export interface Identity {
  signer: Signer;
  kind: KeyKind;
  /** What it shows in TLS. */
  credentials: Credentials;
  /** Its changes of key, the newest last. */
  successions: readonly Succession[];
  /** The file that holds the key, absent where it is in memory only. */
  file?: string;
  /** Why the key ends with the process, though a folder was given. */
  unsaved?: string;
}

/** What the settings of a node say of its identity. Without a profile no folder is its own. */
export function identitySource({ config, folder, profile }: NodeSettings): IdentitySource {
  const { key, cert } = config.network.controller.identity;
  return {
    ...(folder !== undefined && profile !== undefined && { folder }),
    ...(key !== "" && { keyFile: key }),
    ...(cert !== "" && { certFile: cert }),
  };
}

/**
 * The identity of a node, made if there is none.
 *
 * @throws {IdentityError} when there is one that cannot be used
 */
export function loadIdentity(source: IdentitySource): Identity {
  const { folder, keyFile, certFile } = source;
  if (keyFile !== undefined) return ownIdentity(keyFile, certFile, folder);
  if (certFile !== undefined) {
    throw new IdentityError(
      `The certificate ${certFile} is of no use without its private key: ` +
        "name that in network.controller.identity.key",
    );
  }
  if (folder === undefined) return identityOf(newKey());
  const { key, ...rest } = keptKey(folder);
  const cert = keptCertificate(folder, key, rest.unsaved === undefined);
  const successions = readSuccessions(folder, signerOf(key));
  return { ...identityOf(key, cert, successions), ...rest };
}

/**
 * Gives the identity in a folder a new key, signed by the old one. The changes are written first,
 * then the key, then the certificate: killed at any moment, it leaves the old identity or the new one.
 *
 * @param atMs the time of the change, in milliseconds since 1970
 * @throws {IdentityError} when there is no identity, or nothing could be changed
 */
export function rotateIdentity(folder: string, atMs = Date.now()): { old: Signer; new: Signer } {
  const file = keyIn(folder);
  const oldKey = readPrivateKey(file);
  if (oldKey === undefined) {
    throw new IdentityError(
      `There is no key ${file.path} to change: the first start of the node makes one`,
    );
  }
  const key = newKey();
  const [older, newer] = [signerOf(oldKey), signerOf(key)];
  const change = { oldKey: older.publicKey, newKey: newer.publicKey, atMs };
  const signature = older.sign(successionStatement(new NodeCrypto(), change));
  try {
    writeSuccessions(folder, [...readSuccessions(folder, older), { ...change, signature }]);
    replaceFile(file.path, privateKeyPem(key));
  } catch (error) {
    if (error instanceof IdentityError) throw error;
    throw new IdentityError(
      `Could not change the key ${file.path}: ${describeFileError(error)}; it is as it was`,
    );
  }
  keptCertificate(folder, key, true);
  return { old: older, new: newer };
}

function identityOf(
  key: KeyObject,
  cert = selfSignedCertificate(key),
  successions: readonly Succession[] = [],
): Identity {
  return {
    signer: signerOf(key),
    // Keys of other kinds are neither made nor read.
    kind: keyKind(key) as KeyKind,
    credentials: { key: privateKeyPem(key), cert },
    successions,
  };
}

/** The identity in files of the user's own. */
function ownIdentity(path: string, certPath: string | undefined, folder?: string): Identity {
  const file = { path, remedy: "correct network.controller.identity.key, or put a copy there" };
  const key = readPrivateKey(file);
  if (key === undefined) {
    throw new IdentityError(`There is no private key ${path}: ${file.remedy}`);
  }
  const cert = certPath === undefined ? undefined : ownCertificate(certPath, key, path);
  const successions = folder === undefined ? [] : readSuccessions(folder, signerOf(key));
  return { ...identityOf(key, cert, successions), file: path };
}

function ownCertificate(path: string, key: KeyObject, keyPath: string): string {
  const remedy = "correct network.controller.identity.cert, or leave it empty to have one made";
  const certificate = readCertificate({ path, remedy });
  if (certificate === undefined) {
    throw new IdentityError(`There is no certificate ${path}: ${remedy}`);
  }
  if (isCertificateOf(key, certificate)) return certificate;
  throw new IdentityError(
    `The file ${path} holds no certificate in PEM for the private key ${keyPath}: ${remedy}`,
  );
}

/** The key in a profile's folder, made if there is none, and what is to be said of it. */
function keptKey(folder: string): { key: KeyObject; file?: string; unsaved?: string } {
  const file = keyIn(folder);
  const kept = readPrivateKey(file);
  if (kept !== undefined) return { key: kept, file: file.path };
  const key = newKey();
  try {
    Deno.mkdirSync(folder, { recursive: true });
    createFile(file.path, privateKeyPem(key));
  } catch (error) {
    const winner = error instanceof Deno.errors.AlreadyExists ? readPrivateKey(file) : undefined;
    if (winner !== undefined) return { key: winner, file: file.path };
    const unsaved = `Could not write ${file.path}: ${describeFileError(error)}; ` +
      "this node will be another one after a restart";
    return { key, unsaved };
  }
  return { key, file: file.path };
}

/** The certificate beside a kept key. One that is missing, broken or of an earlier key is made anew. */
function keptCertificate(folder: string, key: KeyObject, isKeyKept: boolean): string {
  const path = `${folder}/${CERTIFICATE_FILE}`;
  const kept = readCertificate({ path, remedy: "remove it to have it made anew" });
  if (kept !== undefined && isCertificateOf(key, kept)) return kept;
  const certificate = selfSignedCertificate(key);
  try {
    if (isKeyKept) replaceFile(path, certificate);
  } catch {
    // The key is all that matters; the next start makes a certificate for it again.
  }
  return certificate;
}

function keyIn(folder: string): PemFile {
  return {
    path: `${folder}/${KEY_FILE}`,
    remedy: "put back a copy of it, or remove it to start as a new node",
  };
}

function newKey(): KeyObject {
  return generateKeyPairSync("ed25519").privateKey;
}
