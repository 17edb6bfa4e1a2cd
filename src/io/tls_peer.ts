/** What both ends of a TLS connection show, and what they learn of each other by it. */

import { createHash, type KeyObject, X509Certificate } from "node:crypto";
import type { PeerCertificate, TLSSocket } from "node:tls";
import type { Address } from "../base/address.ts";
import { type NodeId, nodeIdFromBytes } from "../base/node_id.ts";
import type { Remote } from "../base/ports.ts";
import { describeKey, KEY_KINDS, keyKind } from "./key_kind.ts";
import { spkiOf } from "./node_crypto.ts";
import { PROTOCOL } from "./tls_error.ts";

/** The key and certificate that a node shows, both in PEM. */
export interface Credentials {
  key: string;
  cert: string;
}

/** What both ends ask for. */
export const TLS_OPTIONS = {
  requestCert: true,
  // Self-signed certificates belong to no authority: the key in them is the identity.
  rejectUnauthorized: false,
  minVersion: "TLSv1.3" as const,
  ALPNProtocols: [PROTOCOL],
};

/** The handshake went well, but what was shown in it is not enough. The message is about "it". */
export class UnprovenError extends Error {
  override readonly name = "UnprovenError";
}

/**
 * Who the far end has proven to be, once the handshake is over.
 *
 * @throws {UnprovenError} when it is nobody that a link can be made with
 */
export function provenRemote(socket: TLSSocket, address: Address): Remote {
  if (socket.alpnProtocol !== PROTOCOL) throw new UnprovenError(`it does not speak ${PROTOCOL}`);
  return { address, id: idOf(socket), binding: bindingOf(socket) };
}

function idOf(socket: TLSSocket): NodeId {
  const key = publicKeyOf(socket);
  if (keyKind(key) === undefined) {
    throw new UnprovenError(`its key is of the kind ${describeKey(key)}, wanted ${KEY_KINDS}`);
  }
  return nodeIdFromBytes(createHash("sha256").update(spkiOf(key)).digest());
}

/** TLS has proven that the far end holds this key; the certificate around it is a stranger's bytes. */
function publicKeyOf(socket: TLSSocket): KeyObject {
  try {
    // Without a certificate the object is empty, whatever its type says.
    const { raw } = socket.getPeerCertificate() as Partial<PeerCertificate>;
    if (raw !== undefined) return new X509Certificate(raw).publicKey;
  } catch (error) {
    throw new UnprovenError(`its certificate cannot be read (${(error as Error).message})`);
  }
  throw new UnprovenError("it showed no certificate");
}

/**
 * A secret that both ends of this connection know and nobody else does: a hash of the two values
 * that finish the handshake, the lower one first, so that both ends put them in the same order.
 */
function bindingOf(socket: TLSSocket): Uint8Array {
  const [ours, theirs] = [socket.getFinished(), socket.getPeerFinished()];
  // Without them every connection would have the same binding.
  if (!ours?.length || !theirs?.length) throw new UnprovenError("the handshake left no secret");
  const hash = createHash("sha256");
  for (const part of [ours, theirs].sort((a, b) => a.compare(b))) hash.update(part);
  return new Uint8Array(hash.digest());
}
