/** What a node could answer to each method, labels and texts that want to do harm among it. */

import type { EventOf, MethodName, Result } from "../../src/control/methods.ts";
import { nodeId } from "./node_id.ts";

/** The answer to one method, and what comes before it. */
export interface Answer<M extends MethodName> {
  result: Result<M>;
  events?: readonly EventOf<M>[];
}

export const AT = Date.UTC(2026, 10, 21, 10);

export const BOB = { id: nodeId("bob"), label: "bob" };
export const ALICE = { id: nodeId("alice"), label: "alice" };
export const DAVE = { id: nodeId("dave"), label: "dave" };
export const ERIN = { id: nodeId("erin"), label: "erin" };
/** Would clear the screen, and begin a line of its own. */
export const MALLORY = { id: nodeId("mallory"), label: "\x1b[2Jmal\nlory" };

const PATH = [BOB, ALICE, ERIN];
const DELIVERED = { to: ERIN, outcome: "delivered", path: PATH, rtt_us: 1234.4 } as const;

/** A link as `peers` tells of it, up but for what is said otherwise. */
export function peer(some: Partial<Result<"peers">["peers"][number]> = {}) {
  return {
    ...ALICE,
    addr: "[::1]:8090",
    direction: "outgoing",
    state: "up",
    rtt_us: 213,
    since: AT,
    in_bytes: 1536,
    out_bytes: 999,
    ...some,
  } as const;
}

/** Erin cannot be reached, and what is known of that. */
export const DEAD: Result<"why"> = {
  peer: { ...ERIN, addr: null },
  up: false,
  code: "dial-refused",
  stage: "dial",
  message: "Nobody listens at [::1]:8105",
  advice: "Start the node there",
  addresses: [
    {
      addr: "[::1]:8105",
      code: "dial-refused",
      message: "Nobody listens at [::1]:8105",
      at: AT,
      attempts: 3,
      next_at: AT + 30_000,
    },
    { addr: "erin.example:8105", code: null, message: null, at: null, attempts: 0, next_at: null },
  ],
  last_up: AT - 60_000,
  heard: { at: AT - 120_000, left: false },
  linked_by: [],
  path: null,
};

const NOTHING = { self: BOB.id, nodes: [], links: [], gone_nodes: [], gone_links: [] };
const TO_ALICE = { from: BOB.id, to: ALICE.id };

/** A map with one link, then a bit of everything that can become of it. */
const CHANGES: Result<"history">["changes"] = [
  {
    ...NOTHING,
    at: AT,
    nodes: [
      { ...ALICE, addr: "[::1]:8090", state: "alive" },
      { ...BOB, addr: "[::1]:8095", state: "own" },
    ],
    links: [{ ...TO_ALICE, rtt_us: 300, claimed_by: "both" }],
  },
  {
    ...NOTHING,
    at: AT + 1_000,
    nodes: [{ ...MALLORY, addr: "[::1]:6666", state: "alive" }],
    links: [
      { ...TO_ALICE, rtt_us: 1200, claimed_by: "both" },
      { from: MALLORY.id, to: ALICE.id, rtt_us: null, claimed_by: "from" },
    ],
  },
  {
    ...NOTHING,
    at: AT + 61_500,
    nodes: [{ ...ALICE, addr: "[::1]:8090", state: "lost" }],
    gone_nodes: [MALLORY.id],
    gone_links: [TO_ALICE, { from: MALLORY.id, to: ALICE.id }],
  },
];

const IN_KITCHEN = { room: "kitchen", at: AT };

/** What can happen in a room, by those who mean well and others. */
export const HAPPENINGS: readonly EventOf<"room_listen">[] = [
  { ...IN_KITCHEN, type: "joined", member: ALICE },
  { ...IN_KITCHEN, type: "message", member: ALICE, text: "tea is ready\n", private: false },
  { ...IN_KITCHEN, type: "message", member: ERIN, text: "not for dave", private: true },
  { ...IN_KITCHEN, type: "message", member: ERIN, data: "AAECAw==", private: false },
  { ...IN_KITCHEN, type: "joined", member: MALLORY },
  {
    ...IN_KITCHEN,
    type: "message",
    member: MALLORY,
    text: "\x1b[2J\nalice (aliceaaa) left",
    private: false,
  },
  { ...IN_KITCHEN, type: "vanished", member: MALLORY },
  { ...IN_KITCHEN, type: "left", member: ERIN },
];

export const ANSWERS: { [M in MethodName]: Answer<M> } = {
  status: {
    result: {
      ...BOB,
      program: "0.1.0",
      listen: "[::1]:8095",
      addresses: ["[::1]:8095", "[2001:db8::1]:8095"],
      since: AT,
      links: { outgoing: 2, incoming: 1 },
      nodes: { alive: 4, lost: 1, left: 0 },
      traffic: { in_bytes: 12_345_678, out_bytes: 512 },
      messages: {
        sent: 3,
        delivered: 2,
        received: 5,
        relayed: 7,
        refused: 0,
        rejected: 1,
        unread: 2,
      },
      refused_advertisements: 1,
    },
  },
  peers: {
    result: {
      peers: [
        peer(),
        peer({ ...MALLORY, direction: "incoming", rtt_us: 1_209_000, in_bytes: 3_000_000_000 }),
        peer({
          id: null,
          label: null,
          addr: "dave.example:8100",
          state: "waiting",
          rtt_us: null,
          since: null,
          in_bytes: 0,
          out_bytes: 0,
        }),
      ],
    },
    events: [{ peers: [peer()] }, { peers: [] }],
  },
  map: {
    result: {
      self: BOB.id,
      nodes: [
        { ...ALICE, addr: "[::1]:8090", state: "alive" },
        { ...BOB, addr: "[::1]:8095", state: "own" },
        { ...DAVE, addr: null, state: "left" },
        { ...MALLORY, addr: "[::1]:6666", state: "lost" },
      ],
      links: [
        { from: BOB.id, to: ALICE.id, rtt_us: 213, claimed_by: "both" },
        { from: ALICE.id, to: MALLORY.id, rtt_us: null, claimed_by: "to" },
        { from: DAVE.id, to: ERIN.id, rtt_us: 1500, claimed_by: "from" },
      ],
    },
  },
  connect: { result: { address: "[::1]:8090" } },
  disconnect: { result: { ...ALICE, was_linked: true } },
  discover: { result: { asked: 3 } },
  send: { result: DELIVERED },
  broadcast: {
    result: { delivered: 2, outcomes: [{ ...DELIVERED, to: ALICE }, DELIVERED] },
  },
  inbox: {
    result: {
      messages: [
        { from: ERIN, text: "hello there\n", at: AT },
        { from: MALLORY, text: "\x1b]0;pwned\x07two\nlines \u202egnp", at: AT + 1_000 },
        { from: ALICE, data: "AAECAw==", at: AT + 2_000 },
      ],
    },
    events: [{ from: ERIN, text: "as it comes", at: AT }],
  },
  ping: {
    result: {
      to: ERIN,
      sent: 2,
      received: 1,
      min_us: 1234.4,
      avg_us: 1234.4,
      max_us: 1234.4,
      path: PATH,
    },
    events: [{ ...DELIVERED, seq: 1 }, { to: ERIN, outcome: "timed out", seq: 2 }],
  },
  why: {
    result: {
      ...DEAD,
      up: true,
      code: "up-through",
      stage: "network path",
      message: "It is reached through alice, and no link with it is needed",
      advice: null,
      linked_by: [ALICE, MALLORY],
      path: PATH,
    },
  },
  history: { result: { changes: CHANGES }, events: CHANGES },
  page: { result: { url: "http://[::1]:8099/" } },
  room_join: {
    result: { room: "kitchen", was_joined: false, settled: true, members: [ALICE, BOB, ERIN] },
  },
  room_leave: { result: { room: "kitchen", was_joined: true } },
  room_say: { result: { room: "kitchen", members: 2 } },
  room_members: {
    result: { room: "kitchen", settled: true, members: [ALICE, BOB, ERIN, MALLORY] },
  },
  room_list: {
    result: {
      rooms: [
        { room: "cellar", settled: false, members: 1, unread: 0 },
        { room: "kitchen", settled: true, members: 3, unread: 12 },
        { room: "\x1b[2J x", settled: true, members: 1, unread: 0 },
      ],
    },
  },
  room_listen: { result: { events: [] }, events: HAPPENINGS },
  room_page: { result: { url: "http://[::1]:8098/" } },
  leave: { result: { heard: 3 } },
};
