/** One message of every kind and one advertisement, for the tests of the wire. */

import type { Address } from "../../src/base/address.ts";
import { concatBytes } from "../../src/base/bytes.ts";
import { type NodeId, nodeIdFromBytes } from "../../src/base/node_id.ts";
import { MAX_SEQUENCE, MAX_SIGNATURE_BYTES } from "../../src/wire/limits.ts";
import {
  encodeLinkMessage,
  FAREWELLS,
  type Introduction,
  type LinkMessage,
  REFUSALS,
} from "../../src/wire/link.ts";
import type { Message } from "../../src/wire/message.ts";
import {
  BOUNCE_REASONS,
  encodeMessagingFrame,
  encodeRoute,
  type MessagingMessage,
} from "../../src/wire/messaging.ts";
import type { Succession } from "../../src/wire/succession.ts";
import {
  type Advertisement,
  encodeAdvertisement,
  encodeTopologyMessage,
  type TopologyMessage,
} from "../../src/wire/topology.ts";

/** Whatever can be sent: all but the hello of another version. */
export type SentMessage = Exclude<Message, { type: "foreign-hello" }>;

/** An id whose 32 bytes are all `byte`. */
export function idOf(byte: number): NodeId {
  return nodeIdFromBytes(new Uint8Array(32).fill(byte));
}

/** Bytes of a public key of RSA with 4096 bits: SPKI in DER. */
export const RSA_4096_KEY_BYTES = 550;

/** A change of key, as far as its layout goes. */
export const SUCCESSION: Succession = {
  oldKey: Uint8Array.of(10, 11),
  newKey: Uint8Array.of(12, 13),
  atMs: 1_000,
  signature: Uint8Array.of(14, 15),
};

/** The longest change of key there can be: between keys of RSA with 4096 bits. */
export const LARGEST_SUCCESSION: Succession = {
  oldKey: new Uint8Array(RSA_4096_KEY_BYTES),
  newKey: new Uint8Array(RSA_4096_KEY_BYTES),
  atMs: MAX_SEQUENCE,
  signature: new Uint8Array(MAX_SIGNATURE_BYTES),
};

export const INTRODUCTION: Introduction = {
  network: "test",
  id: idOf(1),
  instance: 0xdead_beef,
  label: "bob",
  addresses: ["[::1]:8095" as Address, "bob.example:80" as Address],
  capabilities: ["map"],
  seenAt: "127.0.0.1:50000" as Address,
  proof: new Uint8Array(32).fill(6),
  successions: [SUCCESSION],
};

const BARE: Introduction = {
  network: "",
  id: idOf(255),
  instance: 0,
  label: "",
  addresses: [],
  capabilities: [],
  seenAt: "[::]:1" as Address,
  proof: new Uint8Array(0),
  successions: [],
};

export const ADVERTISEMENT: Advertisement = {
  id: idOf(1),
  sequence: 7,
  publicKey: Uint8Array.of(12, 13),
  label: "bob",
  addresses: ["[::1]:8095" as Address],
  left: false,
  links: [
    { peer: idOf(2), dialled: true, rttUs: 350 },
    { peer: idOf(3), dialled: false, rttUs: null },
  ],
  successions: [SUCCESSION],
  sealingKey: new Uint8Array(32).fill(4),
};

/** At least one message of every type, extreme values among them. */
export const LINK_MESSAGES: readonly Exclude<LinkMessage, { type: "foreign-hello" }>[] = [
  { type: "hello", introduction: INTRODUCTION, wanted: true },
  { type: "hello", introduction: BARE, wanted: false },
  { type: "welcome", introduction: INTRODUCTION },
  { type: "ready" },
  ...REFUSALS.map((reason) => ({ type: "refuse" as const, reason, detail: "why" })),
  { type: "ping", number: 0 },
  { type: "ping", number: 0xffff_ffff },
  { type: "pong", number: 1 },
  ...FAREWELLS.map((reason) => ({ type: "bye" as const, reason, detail: "" })),
];

export const TOPOLOGY_MESSAGES: readonly TopologyMessage[] = [
  { type: "summary", count: 0, hash: 0 },
  { type: "summary", count: 5, hash: 2 ** 52 - 1 },
  { type: "index", entries: [] },
  {
    type: "index",
    entries: [
      { id: idOf(1), sequence: 7 },
      { id: idOf(2), sequence: 2 ** 32 },
      { id: idOf(3), sequence: Number.MAX_SAFE_INTEGER - 1 },
    ],
  },
  { type: "advertisements", carried: [] },
  {
    type: "advertisements",
    carried: [{ body: encodeAdvertisement(ADVERTISEMENT), signature: Uint8Array.of(16, 17) }],
  },
];

const ROUTE = encodeRoute([idOf(1), idOf(2), idOf(3)]);

export const MESSAGING_MESSAGES: readonly MessagingMessage[] = [
  {
    type: "envelope",
    route: ROUTE,
    context: 1_767_225_600_000,
    sequence: 300,
    enc: new Uint8Array(32).fill(5),
    sealed: new Uint8Array(20).fill(6),
  },
  {
    type: "envelope",
    route: encodeRoute([idOf(1), idOf(255)]),
    context: MAX_SEQUENCE,
    sequence: 0,
    enc: new Uint8Array(0),
    sealed: new Uint8Array(0),
  },
  { type: "receipt", route: ROUTE, context: 7, number: 0, sealed: Uint8Array.of(18, 19) },
  ...BOUNCE_REASONS.map((reason) => ({
    type: "bounce" as const,
    route: ROUTE,
    context: 7,
    sequence: MAX_SEQUENCE,
    at: idOf(4),
    reason,
  })),
];

export const MESSAGES: readonly SentMessage[] = [
  ...LINK_MESSAGES,
  ...TOPOLOGY_MESSAGES,
  ...MESSAGING_MESSAGES,
];

const FRAME_HEADER_BYTES = 4;

/** The item of a message of any family. */
export function encodeMessage(message: SentMessage): Uint8Array {
  switch (message.type) {
    case "summary":
    case "index":
    case "advertisements":
      return encodeTopologyMessage(message);
    case "envelope":
    case "receipt":
    case "bounce":
      return concatBytes(encodeMessagingFrame(message)).subarray(FRAME_HEADER_BYTES);
    default:
      return encodeLinkMessage(message);
  }
}

/** Bytes as hexadecimal digits. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
