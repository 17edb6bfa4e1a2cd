/** Networks to draw: the five profiles, troubled ones, hostile ones and random ones. */

import { formatAddress } from "../../src/base/address.ts";
import { type NodeId, nodeIdToBytes } from "../../src/base/node_id.ts";
import { type Random, randomInt, SeededRandom } from "../../src/base/random.ts";
import type {
  LinkView,
  NodeState,
  NodeView,
  PeerView,
  Snapshot,
} from "../../src/controller/snapshot.ts";

/** The id that repeats `letters` of the base32 alphabet: its short form is easy to read. */
export function id(letters: string): NodeId {
  const text = letters.repeat(51).slice(0, 51) + "a";
  nodeIdToBytes(text);
  return text as NodeId;
}

/** A node on this machine; without a port it has no address. */
export function node(letters: string, port?: number, rest: Partial<NodeView> = {}): NodeView {
  const addresses = port === undefined ? [] : [formatAddress({ host: "::1", port })];
  return { id: id(letters), label: letters, addresses, state: "alive", ...rest };
}

/** A link that both ends claim. */
export function link(
  from: string,
  to: string,
  rttUs: number | null,
  claimedBy: LinkView["claimedBy"] = "both",
): LinkView {
  return { from: id(from), to: id(to), rttUs, claimedBy };
}

/** A connected peer on this machine. */
export function peer(letters: string, port: number): PeerView {
  const address = formatAddress({ host: "::1", port });
  const traffic = { inBytes: 0, outBytes: 0 };
  const link = { direction: "outgoing", rttUs: 213, since: 0 } as const;
  return { id: id(letters), label: letters, address, ...link, ...traffic };
}

/** What `self` knows; nodes and links are put into the order that a snapshot promises. */
export function snapshot(
  self: string,
  known: { nodes?: NodeView[]; links?: LinkView[]; peers?: PeerView[] },
): Snapshot {
  const { nodes = [], links = [], peers = [] } = known;
  return {
    at: 0,
    self: id(self),
    nodes: nodes.toSorted((a, b) => order(a.id, b.id)),
    links: links.toSorted((a, b) => order(a.from, b.from) || order(a.to, b.to)),
    peers,
    attempts: [],
    listen: undefined,
    startedAt: 0,
    wallOffsetMs: 0,
    traffic: { inBytes: 0, outBytes: 0 },
    messages: { sent: 0, delivered: 0, received: 0, relayed: 0, refused: 0, rejected: 0 },
    refusedAdvertisements: 0,
  };
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The five profiles as bob sees them, all well. */
export const FIVE = snapshot("bob", {
  nodes: [
    node("bob", 8095, { state: "own" }),
    node("alice", 8090),
    node("carol", 8085),
    node("dave", 8100),
    node("erin", 8105),
  ],
  links: [
    link("bob", "alice", 213),
    link("bob", "carol", 187.6),
    link("carol", "erin", 240),
    link("dave", "alice", 1209),
    link("erin", "dave", 96),
  ],
  peers: [peer("carol", 8085), peer("alice", 8090)],
});

/** The five profiles after some trouble: alice lost, erin gone, links in doubt or not measured. */
export const TROUBLED = snapshot("bob", {
  nodes: [
    node("bob", 8095, { state: "own" }),
    node("alice", 8090, { state: "failed" }),
    node("carol", 8085),
    node("dave", undefined),
    node("erin", 8105, { state: "left" }),
  ],
  links: [
    link("bob", "carol", null),
    link("carol", "dave", 150),
    link("carol", "erin", 240, "from"),
    link("dave", "alice", null, "to"),
  ],
  peers: [peer("carol", 8085)],
});

/** A node that has met nobody yet. */
export const ALONE = snapshot("bob", { nodes: [node("bob", 8095, { state: "own" })] });

/** Labels that mean something to D2, to a terminal or to the eye. */
export const HOSTILE_LABELS: readonly string[] = [
  "",
  "   ",
  '"',
  "'",
  "\\",
  'end\\"',
  'x" {shape: circle}; y: "z',
  "{",
  "}",
  "[1, 2]",
  "two\nlines",
  "cr\r\nlf",
  "a -> b: c",
  "a; b",
  "$",
  "${x}",
  "...${vars}",
  "|md # heading |",
  "|`js code`|",
  "# comment",
  "null",
  "_",
  "*",
  "**",
  "&shape: circle",
  "@import",
  "shape",
  "style",
  "near",
  "classes",
  "vars",
  "title",
  "style.opacity: 0",
  "<b>&amp;</b>",
  "]]>",
  "\u001b[31mred\u001b[0m",
  "nul\u0000bell\u0007",
  "\u0085\u009b31m",
  "a\u2028b\u2029c",
  "\u202egnp.exe",
  "\ud800 alone",
  "\uffff",
  "Größe 東京 Ωμέγα",
  "שלום",
  "مرحبا",
  "👩‍👩‍👧 🇸🇬",
  "z̷̢̛a̶l̵g̸o̴",
  "x".repeat(200),
];

/** Pairs of ids that begin alike; one of each pair goes on like a word of D2. */
const AMBIGUOUS = ["animated", "constraint", "direction", "multiple", "scenarios", "underline"]
  .flatMap((word) => [word, word.slice(0, -1) + "2"]);

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

/** A different name for each number from 0 to 1023. */
function letters(at: number): string {
  return `n${ALPHABET[at >> 5]}${ALPHABET[at & 31]}`;
}

/** A node for each hostile label and for each ambiguous id, and a link to a node not heard of yet. */
export const HOSTILE = snapshot("own", {
  nodes: [
    node("own", 8095, { state: "own", label: '${x}" "\n' }),
    ...HOSTILE_LABELS.map((label, at) => node(letters(at), 9000 + at, { label })),
    ...AMBIGUOUS.map((name) => node(name, undefined, { label: "|md" })),
  ],
  links: [
    link("animated", "scenarios", 1),
    link("scenarios", "scenario2", null),
    link("scenario2", "underline", 2, "to"),
    link("underline", "unheard", 3, "from"),
  ],
});

/**
 * A network with labels, states, links and ids as unkind as chance makes them; small where nothing
 * else is said.
 */
export function randomNetwork(random: Random, count = 1 + randomInt(random, 6)): Snapshot {
  const pick = <T>(items: readonly T[]) => items[randomInt(random, items.length)] as T;
  const states: NodeState[] = ["alive", "left", "failed"];
  const names = new Set<string>();
  while (names.size < count) {
    names.add(pick([...AMBIGUOUS, letters(randomInt(random, 1024))]));
  }
  const all = [...names];
  const nodes = all.map((name, at) =>
    node(name, pick([undefined, 1 + randomInt(random, 65535)]), {
      label: pick(HOSTILE_LABELS) + pick(["", pick(HOSTILE_LABELS)]),
      state: at === 0 ? "own" : pick(states),
    })
  );
  // Few neighbours, or everybody one of them: the own node comes first.
  const ownShare = pick([0, 0.05, 0.3, 1]);
  const share = Math.min(0.3, (3 * random.next()) / count);
  const links = all.flatMap((from, at) =>
    all.filter((to) => to !== from && random.next() < (at === 0 ? ownShare : share)).map((to) =>
      link(from, to, pick([null, random.next() * 1e6]), pick(["both", "both", "from", "to"]))
    )
  );
  return snapshot(all[0] as string, { nodes, links });
}

/**
 * A network too large to be drawn node by node, in which a bit of everything can be seen: a web, a
 * hub with leaves of its own, a chain, a node behind a single link, and some that are lost or left.
 */
export function largeNetwork(): Snapshot {
  const random = new SeededRandom(7);
  const web = Array.from({ length: 60 }, (_, at) => letters(at));
  const leaves = Array.from({ length: 20 }, (_, at) => letters(100 + at));
  const chain = Array.from({ length: 8 }, (_, at) => letters(200 + at));
  const gone = Array.from({ length: 4 }, (_, at) => letters(300 + at));
  const rtt = () => 100 + randomInt(random, 5000);
  const labelled = (names: string[], label: string, rest: Partial<NodeView> = {}) =>
    names.map((name, at) => node(name, 9000 + at, { label: `${label}${at}`, ...rest }));
  return snapshot("own", {
    nodes: [
      node("own", 8095, { state: "own", label: "bob" }),
      node("hub", 8090, { label: "alice" }),
      node("last", 8105, { label: "erin" }),
      ...labelled(web, "web"),
      ...labelled(leaves, "leaf"),
      ...labelled(chain, "chain"),
      ...labelled(gone.slice(0, 3), "lost", { state: "failed" }),
      ...labelled(gone.slice(3), "left", { state: "left" }),
    ],
    links: [
      link("own", "hub", 213),
      ...leaves.map((leaf) => link(leaf, "hub", rtt())),
      link("hub", gone[0] as string, 300, "from"),
      ...web.slice(0, 4).map((name) => link(name, "own", rtt())),
      ...web.flatMap((name, at) =>
        [3, 7].map((step) => link(name, web[(at + step) % web.length] as string, rtt()))
      ),
      link("own", chain[0] as string, 1209),
      ...chain.slice(1).map((name, at) => link(chain[at] as string, name, rtt())),
      link(web[0] as string, "last", 240),
    ],
  });
}
