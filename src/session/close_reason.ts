/** Why a link ended: the union that people read in the log and that decides what comes next. */

import type { ConnectionError } from "../base/ports.ts";
import type { Farewell, Refusal } from "../wire/link.ts";

/** Which end of the link did it. */
export type Side = "us" | "them";

export type CloseReason =
  /** Turned away at the beginning. */
  | { type: "refused"; by: Side; reason: Refusal; detail: string }
  /** Closed with a word after it was up. */
  | { type: "farewell"; by: Side; reason: Farewell; detail: string }
  /** Not up within the time allowed. */
  | { type: "handshake-timeout" }
  /** The connection below could not be made, broke, or ended without a word. */
  | { type: "connection"; error?: ConnectionError };

/** Whether the peer broke the protocol. Nodes are banned for that, once they have been through a handshake. */
export function isBreach(reason: CloseReason): reason is CloseReason & { type: "farewell" } {
  return reason.type === "farewell" && reason.by === "us" && reason.reason === "protocol";
}

/** Whether trying again is of no use until a person has done something. */
export function needsPerson(reason: CloseReason): boolean {
  return reason.type === "refused" &&
    (reason.reason === "untrusted" || reason.reason === "removed");
}

/** Whether this node sent somebody away, rather than keeping another link to the same node. */
export function isTurnedAway(reason: CloseReason): boolean {
  if (reason.type === "handshake-timeout") return true;
  return reason.type !== "connection" && reason.by === "us" && reason.reason !== "duplicate";
}

/** The reason in a few words, without control characters. */
export function describeClose(reason: CloseReason): string {
  switch (reason.type) {
    case "refused":
    case "farewell": {
      const who = reason.by === "us" ? "this node" : "the peer";
      const what = reason.type === "refused" ? REFUSED[reason.reason] : FAREWELL[reason.reason];
      const detail = reason.detail === "" ? "" : ` (${printable(reason.detail)})`;
      return `${reason.type === "refused" ? "refused" : "closed"} by ${who}: ${what}${detail}`;
    }
    case "handshake-timeout":
      return "no answer to the hello in time";
    case "connection":
      return describeConnection(reason.error);
    default:
      return reason satisfies never;
  }
}

function describeConnection(error: ConnectionError | undefined): string {
  if (error === undefined) return "the connection ended without a word";
  const { code, detail } = error;
  return SAYS_ALL.includes(code) ? CONNECTION[code] : `${CONNECTION[code]} (${printable(detail)})`;
}

/** Codes to which the system's own words would add nothing but jargon. */
const SAYS_ALL: readonly ConnectionError["code"][] = ["refused", "timed-out", "reset"];

const REFUSED = {
  self: "this is the node itself",
  duplicate: "there is a link between the two already",
  full: "all places for links are taken",
  busy: "too many links are beginning at this moment",
  banned: "the protocol was broken a while ago",
  version: "the versions differ",
  network: "the networks differ",
  untrusted: "the key is not trusted",
  removed: "somebody ended the link between the two by hand",
} satisfies Record<Refusal, string>;

const FAREWELL = {
  left: "leaving the network",
  duplicate: "another link between the two takes its place",
  full: "the place is needed for a link that was asked for",
  protocol: "the protocol was broken",
  silent: "nothing was heard for the heartbeat timeout",
  removed: "somebody ended it by hand",
  idle: "it is not needed any more",
} satisfies Record<Farewell, string>;

const CONNECTION = {
  "refused": "nobody listens there",
  "timed-out": "no answer",
  "unreachable": "no way there",
  "unresolved": "the name is unknown",
  "reset": "the connection broke",
  "address-in-use": "the address is in use",
  "not-permitted": "not permitted",
  "tls": "no secure connection",
  "other": "the connection failed",
} satisfies Record<ConnectionError["code"], string>;

/** Text from elsewhere made safe for a terminal and for one line. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\uFFFD");
}
