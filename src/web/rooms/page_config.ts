/** What the node that serves the page tells it: which network this is, and where it takes browsers. */

import { type Address, parseAddress, schemeOf } from "../../base/address.ts";

/** The page's own settings. */
export interface PageConfig {
  network: string;
  /** Addresses of the scheme `ws`; that of the node that serves the page comes first. */
  nodes: readonly Address[];
  iceServers: readonly string[];
  /** Whether nobody gets in without the network's key. */
  needsKey: boolean;
}

/**
 * What the text of `config.json` says.
 *
 * @throws {SyntaxError} when it says something else
 */
export function parsePageConfig(text: string): PageConfig {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) throw wrong("no object");
  const { network, nodes, ice_servers: iceServers, needs_key: needsKey } = value as Fields;
  if (typeof network !== "string") throw wrong("no network");
  if (!isTexts(nodes)) throw wrong("no nodes");
  if (!isTexts(iceServers)) throw wrong("no ice_servers");
  if (typeof needsKey !== "boolean") throw wrong("no needs_key");
  const addresses = nodes.map(parseAddress);
  if (!addresses.every((each) => schemeOf(each) === "ws")) throw wrong("nodes without ws://");
  return { network, nodes: addresses, iceServers, needsKey };
}

/** The members as they are before anybody has looked. */
type Fields = Readonly<Record<"network" | "nodes" | "ice_servers" | "needs_key", unknown>>;

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

function wrong(what: string): SyntaxError {
  return new SyntaxError(
    `The page's settings have ${what}, wanted those of this version: reload it`,
  );
}
