/**
 * From the way something ended to the code that tells it. One place knows which side said what, so
 * that a dialler and a listener name the same trouble by two codes that go together.
 */

import type { ConnectionErrorCode } from "../base/ports.ts";
import type { Farewell, Refusal } from "../wire/link.ts";
import type { CauseCode } from "./causes.ts";
import type { Ending } from "./facts.ts";

/** What ended: an attempt of this node, a call from the other one, or a link that was up. */
export type Ended = "attempt" | "call" | "link";

/** The code for the way something ended, or undefined where that is no trouble. */
export function causeOf(reason: Ending, ended: Ended): CauseCode | undefined {
  switch (reason.type) {
    case "turned-away":
      return "turned-away";
    case "handshake-timeout":
      return "hello-timed-out";
    case "connection": {
      const code = reason.error?.code ?? "reset";
      // Once a connection was there, what ends it says nothing about dialling any more.
      return ended === "attempt" ? DIAL[code] : "connection-broke";
    }
    case "refused": {
      if (reason.reason === "network" && isAboutKey(reason.detail)) return "network-key-differs";
      return REFUSED[reason.by][reason.reason];
    }
    case "farewell":
      return FAREWELL[reason.by][reason.reason];
    default:
      return reason satisfies never;
  }
}

/** Whether somebody decided it, so that it holds until somebody decides otherwise. */
export function isDecision(reason: Ending): boolean {
  return reason.type === "refused" || (reason.type === "farewell" && reason.reason !== "silent");
}

/** How far it came, to tell which of several failures says most. */
export function reach(reason: Ending): number {
  switch (reason.type) {
    case "connection":
      return REACH[reason.error?.code ?? "reset"];
    case "turned-away":
      return 2;
    case "handshake-timeout":
      return 4;
    case "refused":
    case "farewell":
      return 5;
    default:
      return reason satisfies never;
  }
}

/** From here on somebody was there and answered. */
export const ANSWERED = 2;

const REACH: Record<ConnectionErrorCode, number> = {
  "unresolved": 0,
  "not-permitted": 0,
  "address-in-use": 1,
  "refused": 1,
  "timed-out": 1,
  "unreachable": 1,
  "other": 1,
  "tls": 2,
  "reset": 3,
};

const DIAL: Record<ConnectionErrorCode, CauseCode> = {
  "refused": "dial-refused",
  "timed-out": "dial-timed-out",
  "unreachable": "dial-unreachable",
  "unresolved": "name-unresolved",
  "not-permitted": "dial-not-permitted",
  "tls": "tls-failed",
  "reset": "connection-broke",
  "address-in-use": "dial-failed",
  "other": "dial-failed",
};

const REFUSED: Record<"us" | "them", Record<Refusal, CauseCode | undefined>> = {
  us: {
    self: "self",
    duplicate: undefined,
    full: "full",
    busy: "busy",
    banned: "banned",
    version: "version-differs",
    network: "network-differs",
    untrusted: "denied",
    removed: "ended-by-hand",
  },
  them: {
    self: "self",
    duplicate: undefined,
    full: "full-there",
    busy: "busy-there",
    banned: "banned-there",
    version: "version-differs",
    network: "network-differs",
    untrusted: "untrusted-there",
    removed: "ended-by-hand-there",
  },
};

const FAREWELL: Record<"us" | "them", Record<Farewell, CauseCode | undefined>> = {
  us: {
    // Told while this node leaves: it will not be asked any more.
    left: undefined,
    duplicate: undefined,
    full: "full",
    protocol: "protocol-broken",
    silent: "heartbeat-lost",
    removed: "ended-by-hand",
    idle: undefined,
  },
  them: {
    left: "left",
    duplicate: undefined,
    full: "full-there",
    protocol: "protocol-broken-by-us",
    silent: "heartbeat-lost",
    removed: "ended-by-hand-there",
    idle: undefined,
  },
};

/** One reason stands for the name of a network and for its key: its words tell them apart. */
function isAboutKey(detail: string): boolean {
  return detail.includes("network key");
}
