/** Notices: what somebody who watches a member of a line would care about, as data. */

import type { Address } from "../base/address.ts";
import type { StreamServer } from "./member_effect.ts";
import type { MemberId, Side } from "./side.ts";

/** A member as a notice names it. */
export interface NoticeMember {
  id: MemberId;
  label: string;
}

/** Why there is no link to a neighbour any more. */
export type LossReason =
  /** Nothing was heard for the timeout. */
  | "silent"
  /** It said that it leaves. */
  | "left"
  /** It broke the protocol. */
  | "fault"
  /** The line had become a ring, which was opened here. */
  | "ring";

export type MemberNotice =
  /** The echo server named the public address of a socket, for the first time or a new one. */
  | { type: "address"; socket: Side; address: Address }
  /** The echo server does not answer; told once until it does again. */
  | { type: "echo-silent"; socket: Side; attempts: number }
  /** This member is known to the chain server as an end of the line, where the next one is put. */
  | { type: "registered" }
  | { type: "linked"; side: Side; neighbour: NoticeMember; address: Address; isMended: boolean }
  | { type: "lost"; side: Side; neighbour: NoticeMember; reason: LossReason }
  /** Nobody was found on this side: this member is an end of the line. */
  | { type: "end"; side: Side }
  /** Both neighbours are gone: it has given up its place and joins as if it were new. */
  | { type: "rejoining"; formerId: MemberId; id: MemberId }
  /** A server could not be reached, or hung up; told once until it answers again. */
  | { type: "server-lost"; server: StreamServer }
  | { type: "server-found"; server: StreamServer }
  /** A server refused a request. */
  | { type: "server-error"; server: StreamServer; reason: string }
  /** Messages that were waiting for a neighbour that is gone. */
  | { type: "dropped"; side: Side; messages: number }
  | { type: "leaving" };
