/**
 * What the command line and the machine it runs on hand to each other. The machine itself, `Host`, is
 * described in `src/cli/host.ts`; what stands here is also used by those who know no command line.
 */

import type { Address } from "../base/address.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Config } from "./schema.ts";

/** Who a node is, and who it was before. */
export interface IdentityDescription {
  id: NodeId;
  /** The kind of its key, such as `Ed25519`. */
  kind: string;
  /** The file that holds the key; absent where it is in memory only. */
  file?: string;
  /** Its changes of key, the newest last. */
  successions: IdentityChange[];
}

/** A change of key. */
export interface IdentityChange {
  old: NodeId;
  new: NodeId;
  /** Milliseconds since 1970. */
  at: number;
}

/** What came of a change of key. */
export interface Rotation {
  oldId: NodeId;
  newId: NodeId;
}

/** All that a node is started with. */
export interface NodeSettings {
  /** Its `network.key` is the network's key, also where that came from `network.key_file`. */
  config: Config;
  /** Initial targets, each once: those of the target file, then those of `target.addrs`. */
  targets: Address[];
  /**
   * Folder of the target file, where reports, the log, the known peers and the identity are kept; `.`
   * is the working directory. Absent without a target file: then nothing is written.
   */
  folder?: string;
  /** The profile's name, where one was chosen. */
  profile?: string;
}

/**
 * Why something of the host could not be had. `not-permitted` is the runtime's doing (a Deno flag
 * helps); what the file system forbids is `other`. `exposed` is a secret that others can read; the
 * detail is the mode of its file, such as `0644`.
 */
export type HostErrorKind = "not-found" | "not-permitted" | "exposed" | "other";

/** The host could not do what it was asked. */
export class HostError extends Error {
  override readonly name = "HostError";
  readonly kind: HostErrorKind;
  /** The system's own words, unless the kind or the one that throws says otherwise. */
  readonly detail: string;

  constructor(kind: HostErrorKind, detail: string) {
    super(`${kind}: ${detail}`);
    this.kind = kind;
    this.detail = detail;
  }
}
