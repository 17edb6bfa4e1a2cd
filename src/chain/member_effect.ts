/** Effects: what a member of a line asks of the world around it, in order. */

import type { Address } from "../base/address.ts";
import type { MemberNotice } from "./member_notice.ts";
import type { MemberId, Side } from "./side.ts";

/** A stream of bytes to one of the servers; numbers are never used again. */
export type StreamId = number;

/** A server that is spoken to over TCP. */
export type StreamServer = "chain" | "repair";

export type MemberEffect =
  /** Connect to a server; answered by `handleStreamOpened` or `handleStreamClosed`. */
  | { type: "dial"; stream: StreamId; server: StreamServer }
  | { type: "write"; stream: StreamId; bytes: Uint8Array }
  /** Send what was given and end the connection, or give up making it; not answered. */
  | { type: "end"; stream: StreamId }
  /** Send one datagram from one of the two sockets. */
  | { type: "datagram"; socket: Side; to: Address; bytes: Uint8Array }
  | { type: "deliver"; message: ChainMessage }
  /** After `send` or `say` were answered "full" for this side: there is room again. */
  | { type: "room"; side: Side }
  | { type: "tell"; notice: MemberNotice }
  /** The member has left the line; nothing comes after this. */
  | { type: "stop" };

/** A message that came in. */
export interface ChainMessage {
  /**
   * - `neighbour`: for this member alone, from the one next to it.
   * - `line`: for all, from anywhere on this side; it has been passed on already.
   */
  scope: "neighbour" | "line";
  /** The side that it came from. */
  side: Side;
  /** Who wrote it, as far as the neighbours tell the truth. */
  author: MemberId;
  content: Uint8Array;
}
