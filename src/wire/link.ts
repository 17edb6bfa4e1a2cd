/**
 * The messages of one link: how it begins, how it is kept alive, how it ends.
 *
 *     dialler                                listener
 *        | -- hello --------------------------> |   who I am, which network
 *        | <-------- welcome, or refuse ------- |   who I am | why not
 *        | -- ready, or refuse ---------------> |   the link is up | why not
 *        | <-- ping, pong, everything else ---> |
 *        | -- bye, from either side ----------> |
 *
 * The third step exists because two nodes may dial each other at once: only the dialler, which sees
 * whom it reached when the welcome comes, can tell a link twice made from one made anew.
 *
 *     hello    [1, "area-net", version, ...introduction, wanted]
 *     welcome  [2, ...introduction]
 *     ready    [3]
 *     refuse   [4, reason, detail]
 *     ping     [5, number]
 *     pong     [6, number]
 *     bye      [7, reason, detail]
 *
 *     introduction = network, id, instance, label, [address], [capability], seen-at, proof, [succession]
 *
 * The first three elements of a hello never change, so that nodes of different versions can at
 * least tell each other so.
 */

import type { Address } from "../base/address.ts";
import { type NodeId, nodeIdToBytes } from "../base/node_id.ts";
import { encodeItem, type Fields } from "./cbor.ts";
import { WireError } from "./error.ts";
import {
  MAX_ADDRESSES,
  MAX_CAPABILITIES,
  MAX_CAPABILITY_BYTES,
  MAX_DETAIL_BYTES,
  MAX_LABEL_BYTES,
  MAX_NETWORK_NAME_BYTES,
  MAX_PROOF_BYTES,
  MAX_SUCCESSIONS,
  PROTOCOL_VERSION,
} from "./limits.ts";
import { decodeSuccession, type Succession, successionItems } from "./succession.ts";

/** Why a link is refused at its beginning. */
export const REFUSALS = [
  /** The dialler reached itself. */
  "self",
  /** A link between the two exists already and is kept. */
  "duplicate",
  /** All places for links are taken. */
  "full",
  /** Too many links are beginning at this moment. */
  "busy",
  /** The node broke the protocol a while ago. */
  "banned",
  /** The other side speaks another version of the protocol. */
  "version",
  /** The other side belongs to a network of another name. */
  "network",
  /** The key is not one that may come in. */
  "untrusted",
  /** Somebody ended the link to this node by hand, until further notice. */
  "removed",
] as const;

export type Refusal = typeof REFUSALS[number];

/** Why a link that is up ends, as the closing side says it. */
export const FAREWELLS = [
  /** The node leaves the network. */
  "left",
  /** Another link between the two takes this one's place. */
  "duplicate",
  /** A link that somebody asked for takes this one's place. */
  "full",
  /** The other side broke the protocol. */
  "protocol",
  /** Nothing was heard for the heartbeat timeout. */
  "silent",
  /** Somebody ended it by hand. */
  "removed",
  /** It was made for a purpose that is over. */
  "idle",
] as const;

export type Farewell = typeof FAREWELLS[number];

/** What a node says of itself at the beginning of a link. */
export interface Introduction {
  network: string;
  id: NodeId;
  /** Drawn anew at every start: tells a restarted node from one that dials twice. */
  instance: number;
  label: string;
  /** Where it listens, in its own words; a wildcard host means "the host you see me at". */
  addresses: readonly Address[];
  /** What it can do beyond this protocol's base, by name. */
  capabilities: readonly string[];
  /** The address at which it sees the other side. */
  seenAt: Address;
  /** That it knows the network key, bound to this connection; empty where there is none. */
  proof: Uint8Array;
  /** The keys it had before, the newest change last. */
  successions: readonly Succession[];
}

export type LinkMessage =
  | {
    type: "hello";
    introduction: Introduction;
    /** Whether the dialler was told to keep this link, rather than having found the node by itself. */
    wanted: boolean;
  }
  /** A hello of a version that this code cannot read further. */
  | { type: "foreign-hello"; version: number }
  | { type: "welcome"; introduction: Introduction }
  | { type: "ready" }
  | { type: "refuse"; reason: Refusal; detail: string }
  | { type: "ping"; number: number }
  | { type: "pong"; number: number }
  | { type: "bye"; reason: Farewell; detail: string };

const MAGIC = "area-net";
const HELLO = 1, WELCOME = 2, READY = 3, REFUSE = 4, PING = 5, PONG = 6, BYE = 7;
const UINT32_MAX = 0xffff_ffff;

/** The item of a message of this family. */
export function encodeLinkMessage(
  message: Exclude<LinkMessage, { type: "foreign-hello" }>,
): Uint8Array {
  switch (message.type) {
    case "hello": {
      const introduction = introductionItems(message.introduction);
      return encodeItem([HELLO, MAGIC, PROTOCOL_VERSION, ...introduction, message.wanted]);
    }
    case "welcome":
      return encodeItem([WELCOME, ...introductionItems(message.introduction)]);
    case "ready":
      return encodeItem([READY]);
    case "refuse":
      return encodeItem([REFUSE, message.reason, cut(message.detail)]);
    case "ping":
      return encodeItem([PING, message.number]);
    case "pong":
      return encodeItem([PONG, message.number]);
    case "bye":
      return encodeItem([BYE, message.reason, cut(message.detail)]);
    default:
      return message satisfies never;
  }
}

/**
 * The message of this family with the type number `code`, or undefined when it is of another family.
 *
 * @throws {WireError} when its fields are not as the layout says
 */
export function decodeLinkMessage(code: number, fields: Fields): LinkMessage | undefined {
  switch (code) {
    case HELLO:
      return decodeHello(fields);
    case WELCOME:
      return { type: "welcome", introduction: decodeIntroduction(fields) };
    case READY:
      return { type: "ready" };
    case REFUSE:
      return { type: "refuse", reason: oneOf(REFUSALS, fields), detail: decodeDetail(fields) };
    case PING:
      return { type: "ping", number: fields.uint("number", UINT32_MAX) };
    case PONG:
      return { type: "pong", number: fields.uint("number", UINT32_MAX) };
    case BYE:
      return { type: "bye", reason: oneOf(FAREWELLS, fields), detail: decodeDetail(fields) };
    default:
      return undefined;
  }
}

function decodeHello(fields: Fields): LinkMessage {
  const magic = fields.text("magic", MAGIC.length * 3);
  if (magic !== MAGIC) throw new WireError(`A hello does not begin with "${MAGIC}"`);
  const version = fields.uint("version", UINT32_MAX);
  if (version !== PROTOCOL_VERSION) return { type: "foreign-hello", version };
  const introduction = decodeIntroduction(fields);
  return { type: "hello", introduction, wanted: fields.boolean("wanted") };
}

function introductionItems(introduction: Introduction): unknown[] {
  const { network, id, instance, label, addresses, capabilities, seenAt, proof } = introduction;
  const successions = introduction.successions.map(successionItems);
  const who = [network, nodeIdToBytes(id), instance, label];
  return [...who, addresses, capabilities, seenAt, proof, successions];
}

function decodeIntroduction(fields: Fields): Introduction {
  return {
    network: fields.text("network", MAX_NETWORK_NAME_BYTES),
    id: fields.nodeId("id"),
    instance: fields.uint("instance", UINT32_MAX),
    label: fields.text("label", MAX_LABEL_BYTES),
    addresses: fields.list("addresses", MAX_ADDRESSES, (item) => item.address("address")),
    capabilities: fields.list(
      "capabilities",
      MAX_CAPABILITIES,
      (item) => item.text("capability", MAX_CAPABILITY_BYTES),
    ),
    seenAt: fields.address("seen-at"),
    proof: fields.bytes("proof", MAX_PROOF_BYTES).slice(),
    successions: fields.list("successions", MAX_SUCCESSIONS, decodeSuccession),
  };
}

function oneOf<T extends string>(known: readonly T[], fields: Fields): T {
  const text = fields.text("reason", MAX_DETAIL_BYTES);
  const reason = known.find((each) => each === text);
  if (reason === undefined) {
    throw new WireError(`An unknown reason, wanted one of ${known.join(", ")}`);
  }
  return reason;
}

function decodeDetail(fields: Fields): string {
  return fields.text("detail", MAX_DETAIL_BYTES);
}

/** As much of a text as a detail may hold, whatever its characters. */
function cut(detail: string): string {
  return detail.slice(0, Math.floor(MAX_DETAIL_BYTES / 3)).toWellFormed();
}
