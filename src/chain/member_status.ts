/** What a member knows of itself and of its line, as data. */

import type { Address } from "../base/address.ts";
import type { MemberId, Side } from "./side.ts";

/** One member of the line, as it is shown. */
export interface LineEntry {
  id: MemberId;
  label: string;
}

/** What a member has on one side. */
export type SideStatus =
  /** Nobody, and nobody is looked for: this is an end of the line. */
  | { state: "free" }
  /** Somebody was introduced, and the handshake is under way. */
  | { state: "linking"; sinceMs: number }
  /** A neighbour was lost, and whoever comes behind it is looked for. */
  | { state: "mending"; lost: LineEntry; sinceMs: number }
  | {
    /** `silent`: nothing was heard for longer than a keep-alive takes; it may yet speak. */
    state: "up" | "silent";
    neighbour: LineEntry;
    address: Address;
    /** Smoothed round-trip time in microseconds, null while unmeasured. */
    rttUs: number | null;
    /** Milliseconds since the link was made, and since the neighbour was heard. */
    upMs: number;
    heardMs: number;
    /** Names the link: the same at both of its ends, and at no other one ever. */
    link: string;
    /** Bytes of messages that the neighbour has not acknowledged. */
    queuedBytes: number;
  };

/** All that is shown of a member. */
export interface MemberStatus {
  id: MemberId;
  label: string;
  /**
   * - `starting`: learns its public addresses.
   * - `joining`: has no neighbour yet.
   * - `in-line`: has one, or had one and mends the line.
   * - `leaving`, `left`: says goodbye, has done so.
   */
  phase: "starting" | "joining" | "in-line" | "leaving" | "left";
  /** Public addresses of the two sockets, once known. */
  addresses: Readonly<Record<Side, Address | undefined>>;
  /** Whether the chain server knows it as the end of the line. */
  isRegistered: boolean;
  sides: Readonly<Record<Side, SideStatus>>;
  /** The line as far as it is known, the earliest first, this member among them. */
  line: LineEntry[];
  /** Its place in `line`, from 0. */
  position: number;
}
