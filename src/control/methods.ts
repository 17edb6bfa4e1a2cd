/**
 * What a node can be asked over its control socket: every method with the shape of its parameters,
 * of its result and of the events that come before it. The shapes are what `--json` prints and what
 * docs/control.schema.json publishes. Names are those of JSON: lower case, units at the end.
 */

import * as z from "zod";
import type { EventIn, Method, ParamsIn, ResultIn } from "./method_table.ts";

export type { Method };
export { MAX_MESSAGE_BYTES } from "../wire/limits.ts";

/** Version of the protocol and of all shapes. Raised when a program would misread the rest. */
export const CONTROL_VERSION = 1;

const id = z.string().describe("A node's id: 52 characters of base32");
const label = z.string().describe("What the node calls itself; not unique");
const addr = z.string().describe("[addr]:port or host:port");
const peer = z.string().min(1).describe("A label, an id, or the beginning of one");
const rttUs = z.number().nonnegative().describe("Microseconds");
const timeMs = z.number().describe("Milliseconds since 1970");
const count = z.int().nonnegative();
const node = z.strictObject({ id, label });

/** The longest timeout, in milliseconds. */
const MAX_TIMEOUT_MS = 3_600_000;
const timeoutMs = z.number().positive().max(MAX_TIMEOUT_MS).default(5_000)
  .describe("Milliseconds after which the answer comes in any case");

const link = z.strictObject({
  id: id.nullable().describe("null while nobody is known to be there"),
  label: label.nullable(),
  addr,
  direction: z.enum(["outgoing", "incoming"]),
  state: z.enum(["up", "connecting", "waiting"])
    .describe("waiting: a target without a link, to be dialled again"),
  rtt_us: rttUs.nullable().describe("Smoothed round trip; null while unmeasured"),
  since: timeMs.nullable().describe("Since when the link is up"),
  in_bytes: count,
  out_bytes: count,
});

const mapNode = z.strictObject({
  id,
  label,
  addr: addr.nullable(),
  state: z.enum(["own", "alive", "lost", "left"]),
});

const mapLink = z.strictObject({
  from: id.describe("The node that dialled"),
  to: id,
  rtt_us: rttUs.nullable(),
  claimed_by: z.enum(["both", "from", "to"]),
});

const message = z.strictObject({
  from: node,
  text: z.string().optional().describe("The text of the message"),
  data: z.string().optional().describe("Base64, in place of the text, where it is none"),
  at: timeMs,
});

/** What became of a message, in the words that people are shown. */
const outcome = z.strictObject({
  to: node,
  outcome: z.enum([
    "delivered",
    "no route",
    "timed out",
    "refused: queue full",
    "refused: recipient's queue full",
    "cancelled: this node left",
  ]),
  path: z.array(node).optional().describe("Where delivered: the nodes that it passed"),
  rtt_us: rttUs.optional().describe("Where delivered: until its receipt came"),
});

const pong = outcome.extend({ seq: count.describe("From 1") });

const peers = z.strictObject({ peers: z.array(link) });
const map = z.strictObject({ self: id, nodes: z.array(mapNode), links: z.array(mapLink) });
const watch = z.boolean().default(false)
  .describe("Go on: an event with the same shape at each change");

/**
 * One change of the map. The first of a history is the whole map as it was then: a change from nothing.
 * Applying all up to a time gives the map of that time.
 */
const change = z.strictObject({
  at: timeMs,
  self: id,
  nodes: z.array(mapNode).describe("New ones, and those that changed"),
  links: z.array(mapLink).describe("New ones, and those that changed"),
  gone_nodes: z.array(id),
  gone_links: z.array(z.strictObject({ from: id, to: id })),
});

/** Why a peer is up or not. */
const diagnosis = z.strictObject({
  peer: z.strictObject({ id: id.nullable(), label: label.nullable(), addr: addr.nullable() }),
  up: z.boolean().describe("Whether the peer can be reached, by a link or through other nodes"),
  code: z.string().describe("Stable over versions; docs/causes.md lists all"),
  stage: z.string().describe("How far it came"),
  message: z.string().describe("What is the matter, in one sentence"),
  advice: z.string().nullable().describe("What to do, in one sentence"),
  addresses: z.array(z.strictObject({
    addr,
    code: z.string().nullable().describe("Of the last attempt there; null where there was none"),
    message: z.string().nullable(),
    at: timeMs.nullable(),
    attempts: count.describe("Failures in a row"),
    next_at: timeMs.nullable().describe("When it is tried next; null: not by itself"),
  })),
  last_up: timeMs.nullable().describe("When a link with it was up last, as far as is remembered"),
  heard: z.strictObject({
    at: timeMs.describe("When it last spoke of itself to the network"),
    left: z.boolean(),
  }).nullable(),
  linked_by: z.array(node).describe("Nodes that say to have a link with it now"),
  path: z.array(node).nullable().describe("How messages reach it"),
});

const room = z.string().min(1).describe("The name of a room, which is its passphrase too");
const settled = z.boolean().describe("Whether the first search for others is over");
const members = z.array(node).describe("This node among them");

/** Something that happened in a room. */
const roomEvent = z.strictObject({
  room,
  at: timeMs,
  type: z.enum(["joined", "left", "vanished", "message"])
    .describe("vanished: nobody reaches the member any more, and it did not say that it goes"),
  member: node.describe("Who came, went or spoke"),
  text: z.string().optional().describe("The text of a message"),
  data: z.string().optional().describe("Base64, in place of the text, where it is none"),
  private: z.boolean().optional().describe(
    "Of a message: whether it was sent to some members only",
  ),
});

const text = z.string().optional();
const data = z.base64().optional().describe("Bytes in base64, in place of a text");

/** Every method by its name. */
export const METHODS = {
  status: {
    help: "who the node is, since when, and how it fares",
    params: z.strictObject({}),
    result: z.strictObject({
      id,
      label,
      program: z.string().describe("Its version"),
      listen: addr.nullable(),
      addresses: z.array(addr).describe("Where others can dial it, as it says"),
      since: timeMs,
      links: z.strictObject({ outgoing: count, incoming: count }),
      nodes: z.strictObject({ alive: count, lost: count, left: count })
        .describe("Other nodes on the map"),
      traffic: z.strictObject({ in_bytes: count, out_bytes: count }),
      messages: z.strictObject({
        sent: count,
        delivered: count,
        received: count,
        relayed: count.describe("Envelopes passed on for others"),
        refused: count,
        rejected: count.describe("Forged, altered or replayed"),
        unread: count,
      }),
      refused_advertisements: count.describe("Forged, altered or impossibly dated"),
    }),
  },
  peers: {
    help: "the node's own links and targets",
    params: z.strictObject({ watch }),
    result: peers,
    event: peers,
  },
  map: {
    help: "the whole network as the node knows it",
    params: z.strictObject({ watch }),
    result: map,
    event: map,
  },
  connect: {
    help: "dial an address now and keep a link to it",
    params: z.strictObject({
      address: z.string().min(1),
      id: id.optional().describe("The only key that is accepted there from now on"),
    }),
    result: z.strictObject({ address: addr }),
  },
  disconnect: {
    help: "end the link with a peer, and keep none until connect or a restart",
    params: z.strictObject({ peer }),
    result: z.strictObject({ ...node.shape, was_linked: z.boolean() }),
  },
  discover: {
    help: "compare the map with all neighbours now",
    params: z.strictObject({}),
    result: z.strictObject({ asked: count.describe("Neighbours") }),
  },
  send: {
    help: "send a message to any node of the network",
    params: z.strictObject({ peer, text, data, timeout_ms: timeoutMs }),
    result: outcome,
  },
  broadcast: {
    help: "send a message to every node of the network",
    params: z.strictObject({ text, data, timeout_ms: timeoutMs }),
    result: z.strictObject({ delivered: count, outcomes: z.array(outcome) }),
  },
  inbox: {
    help: "the messages that came in and are still kept",
    params: z.strictObject({
      follow: z.boolean().default(false).describe("Go on: an event for each message"),
    }),
    result: z.strictObject({ messages: z.array(message) }),
    event: message,
  },
  ping: {
    help: "measure round trips to a node through the network",
    params: z.strictObject({
      peer,
      count: z.int().min(1).max(1_000_000).default(5),
      interval_ms: z.number().nonnegative().max(MAX_TIMEOUT_MS).default(1_000),
      timeout_ms: timeoutMs,
    }),
    result: z.strictObject({
      to: node,
      sent: count,
      received: count,
      min_us: rttUs.nullable(),
      avg_us: rttUs.nullable(),
      max_us: rttUs.nullable(),
      path: z.array(node).nullable().describe("Of the last answer"),
    }),
    event: pong,
  },
  why: {
    help: "whether a peer is up, and if not, at which stage it fails and what to do",
    params: z.strictObject({ peer: peer.describe("As elsewhere, or an address") }),
    result: diagnosis,
  },
  history: {
    help: "how the map came to be what it is, over the last hour",
    params: z.strictObject({
      since: timeMs.optional().describe("Not before this time"),
      follow: z.boolean().default(false).describe("Go on: an event for each change"),
    }),
    result: z.strictObject({ changes: z.array(change) }),
    event: change,
  },
  page: {
    help: "where a browser finds the live map; opens it if it was not",
    params: z.strictObject({}),
    result: z.strictObject({ url: z.string() }),
  },
  room_join: {
    help: "join a room, and stay in it over restarts",
    params: z.strictObject({
      room,
      wait_ms: z.number().nonnegative().max(MAX_TIMEOUT_MS).default(0)
        .describe("Milliseconds to wait for the first search to be over, to tell who is there"),
    }),
    result: z.strictObject({
      room,
      was_joined: z.boolean().describe("Whether it was joined already"),
      settled,
      members,
    }),
  },
  room_leave: {
    help: "leave a room",
    params: z.strictObject({ room }),
    result: z.strictObject({ room, was_joined: z.boolean() }),
  },
  room_say: {
    help: "send a message to the members of a joined room",
    params: z.strictObject({
      room,
      text,
      data,
      to: z.array(peer).optional().describe("Members that are meant; left out: all"),
    }),
    result: z.strictObject({ room, members: count.describe("Others it is on its way to") }),
  },
  room_members: {
    help: "who is in a joined room",
    params: z.strictObject({ room }),
    result: z.strictObject({ room, settled, members }),
  },
  room_list: {
    help: "the joined rooms",
    params: z.strictObject({}),
    result: z.strictObject({
      rooms: z.array(z.strictObject({
        room,
        settled,
        members: count.describe("This node among them"),
        unread: count.describe("Events that nobody has read"),
      })),
    }),
  },
  room_listen: {
    help: "what happens in a joined room: what is kept of it, and what comes",
    params: z.strictObject({
      room,
      follow: z.boolean().default(true).describe("Go on: an event for each that comes"),
    }),
    result: z.strictObject({ events: z.array(roomEvent) }),
    event: roomEvent,
  },
  room_page: {
    help: "where a browser finds the page of rooms; opens it if it was not",
    params: z.strictObject({}),
    result: z.strictObject({ url: z.string() }),
  },
  leave: {
    help: "leave the network and stop the node",
    params: z.strictObject({}),
    result: z.strictObject({ heard: count.describe("Nodes that heard the goodbye directly") }),
  },
} as const satisfies Record<string, Method>;

/** What a node can be asked. */
export type NodeMethods = typeof METHODS;

export type MethodName = keyof NodeMethods;

/** The parameters of a method, as a caller gives them: what has a default may be left out. */
export type Params<M extends MethodName> = ParamsIn<NodeMethods, M>;

/** The result of a method. */
export type Result<M extends MethodName> = ResultIn<NodeMethods, M>;

/** The event of a method; `never` for those that have none. */
export type EventOf<M extends MethodName> = EventIn<NodeMethods, M>;

/** Why a request was not carried out, in codes that stay the same over versions. */
export const ERROR_CODES = [
  /** The line is no request, or holds parameters that cannot be used. */
  "bad-request",
  /** The request is of another version of this protocol. */
  "version",
  "unknown-method",
  /** No node of the map is called that. */
  "unknown-peer",
  /** Several nodes are; `candidates` lists them. */
  "ambiguous-peer",
  /** The node is not in a room of that name. */
  "not-joined",
  /** The message is larger than `MAX_MESSAGE_BYTES`. */
  "too-large",
  /** The peer is the node itself. */
  "self",
  /** The node serves as many programs, or this one waits for as many results, as it may. */
  "busy",
  /** The node cannot do it here and now, for a reason that the message gives. */
  "unavailable",
  /** The node failed in a way that nobody foresaw. */
  "internal",
] as const;

export type ErrorCode = typeof ERROR_CODES[number];

/** What went wrong with a request. */
export interface ControlFault {
  code: ErrorCode;
  /** One sentence: what failed, the value met, the value wanted, what to do. */
  message: string;
  /** For `ambiguous-peer`. */
  candidates?: { id: string; label: string }[];
}

/** A client's line. `cancel` ends a request that is still going on; its result comes then. */
export type Request =
  | { v: number; id: number; method: string; params?: unknown }
  | { v: number; id: number; cancel: true };

/** A node's line. The hello comes first, at once, and unasked. */
export type Reply =
  | { v: number; hello: { id: string; label: string; version: string } }
  | { v: number; id: number; event: unknown }
  | { v: number; id: number; result: unknown }
  | { v: number; id: number | null; error: ControlFault };
