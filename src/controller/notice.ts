/**
 * Notices: the events that a person watching a node would care about, as data. `src/report` puts
 * them into words; a log in JSON shows them as they are.
 */

import type { Address } from "../base/address.ts";
import type { NodeId } from "../base/node_id.ts";

/** A node as a notice names it. */
export interface NoticeNode {
  id: NodeId;
  label: string;
}

/** Something that happened and that people are told. */
export type Notice =
  | { type: "listening"; address: Address }
  | { type: "link-up"; peer: NoticeNode; address: Address; direction: "outgoing" | "incoming" }
  /** `isFarewell`: the peer said that it leaves the network, so nothing is wrong. */
  | {
    type: "link-down";
    peer: NoticeNode;
    address: Address;
    reason: string;
    isFarewell: boolean;
  }
  /** An attempt that came to nothing. */
  | {
    type: "dial-failed";
    address: Address;
    reason: string;
    attempt: number;
    /** Whether the attempt before it failed for the same reason. */
    repeated: boolean;
    nextInMs: number;
  }
  /** Somebody who came in was sent away. */
  | { type: "refused"; address: Address; reason: string }
  /** So many more were sent away than could be told one by one. */
  | { type: "refused-more"; count: number }
  | { type: "banned"; peer: NoticeNode; forMs: number; reason: string }
  | { type: "node-learnt"; node: NoticeNode }
  | { type: "node-lost"; node: NoticeNode }
  | { type: "node-left"; node: NoticeNode }
  | { type: "node-returned"; node: NoticeNode }
  | { type: "node-forgotten"; node: NoticeNode }
  /** A file could not be written (said once), or can be written again. */
  | { type: "report-failed"; file: string; reason: string }
  | { type: "report-recovered"; file: string }
  | { type: "greeted"; node: NoticeNode }
  /** The live map is served, or cannot be. */
  | { type: "map-open"; address: Address }
  | { type: "map-failed"; address: Address; reason: string }
  /** Browsers can come in and find the page of rooms, or cannot. */
  | { type: "browsers-open"; address: Address }
  | { type: "browsers-failed"; address: Address; reason: string }
  | { type: "leaving"; links: number };
