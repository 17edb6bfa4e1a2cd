/**
 * Who may come in, and which of two links between the same nodes stays: pure decisions, carried out
 * by the controller.
 *
 * Two nodes may dial each other at the same moment. Then each sees two links, and both must keep the
 * same one. The rule: each link is decided by its dialler alone, when the welcome tells it whom it
 * reached, and the listener follows. The dialler gives its link up if another one to that node is
 * already up; if the other one is just beginning, the link dialled by the node with the lower id
 * stays. That never loses both (one of the two ids is lower) and never keeps both (the later of two
 * welcomes always finds the other link there).
 *
 * A listener never turns a dialler away as a duplicate: the dialler may have lost the old link, and
 * this side has not noticed yet.
 */

import type { NodeId } from "../base/node_id.ts";
import type { Introduction, Refusal } from "../wire/link.ts";

/** What is known of another link to the same node. */
export interface RivalLink {
  /** The peer's instance number on that link. */
  instance: number;
  isUp: boolean;
  dialledByUs: boolean;
}

/** What a listener weighs. */
export interface HelloFacts {
  self: NodeId;
  network: string;
  hello: Introduction;
  /** Whether it knows the network key. */
  hasNetworkKey: boolean;
  /** Why its key is not accepted, if it is not. */
  distrust: string | undefined;
  /** Whether the dialler was told to keep this link. */
  wanted: boolean;
  isBanned: boolean;
  /** Whether somebody ended the link to it by hand. */
  isRemoved: boolean;
  /** Whether this link would take the place of another incoming one from the same node. */
  replacesIncoming: boolean;
  /** Incoming links, up or welcomed. */
  incoming: number;
  maxIncoming: number;
  /** Whether some incoming link was asked for by neither end. */
  canMakeRoom: boolean;
}

export type HelloDecision =
  | { type: "accept" }
  /** Accept, and end an incoming link that nobody asked for. */
  | { type: "make-room" }
  | { type: "refuse"; reason: Refusal; detail: string };

/** A listener's answer to a hello. */
export function decideHello(facts: HelloFacts): HelloDecision {
  const { hello, incoming, maxIncoming } = facts;
  const stranger = refuseStranger(facts, hello);
  if (stranger !== undefined) return stranger;
  if (facts.replacesIncoming || incoming < maxIncoming) return { type: "accept" };
  if (facts.wanted && facts.canMakeRoom) return { type: "make-room" };
  return refuse("full", `${incoming} of ${maxIncoming} incoming links`);
}

/** What a dialler weighs. */
export interface WelcomeFacts {
  self: NodeId;
  network: string;
  welcome: Introduction;
  hasNetworkKey: boolean;
  distrust: string | undefined;
  isBanned: boolean;
  isRemoved: boolean;
  rival: RivalLink | undefined;
}

export type WelcomeDecision =
  /** Any other link to that node ends. */
  | { type: "confirm" }
  | { type: "refuse"; reason: Refusal; detail: string };

/** A dialler's answer to a welcome. */
export function decideWelcome(facts: WelcomeFacts): WelcomeDecision {
  const { self, welcome, rival } = facts;
  const stranger = refuseStranger(facts, welcome);
  if (stranger !== undefined) return stranger;
  // A rival with another instance number belongs to a run of the peer that is over.
  if (rival === undefined || rival.instance !== welcome.instance) return { type: "confirm" };
  const oursStays = !rival.isUp && !rival.dialledByUs && self < welcome.id;
  return oursStays ? { type: "confirm" } : refuse("duplicate");
}

/** What both ends ask of each other before anything else. */
function refuseStranger(
  facts: Pick<
    HelloFacts,
    "self" | "network" | "hasNetworkKey" | "distrust" | "isBanned" | "isRemoved"
  >,
  peer: Introduction,
) {
  if (peer.id === facts.self) return refuse("self");
  if (peer.network !== facts.network) {
    return refuse("network", `this network is "${facts.network}"`);
  }
  if (!facts.hasNetworkKey) return refuse("network", "the network key is another or missing");
  if (facts.distrust !== undefined) return refuse("untrusted", facts.distrust);
  if (facts.isRemoved) return refuse("removed");
  return facts.isBanned ? refuse("banned") : undefined;
}

function refuse(reason: Refusal, detail = "") {
  return { type: "refuse" as const, reason, detail };
}
