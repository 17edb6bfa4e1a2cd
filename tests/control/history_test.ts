import { assertEquals } from "@std/assert";
import { type EventOf, METHODS } from "../../src/control/methods.ts";
import { id, link } from "../report/networks.ts";
import { FakeNode, view } from "./fake_node.ts";
import { Talk } from "./talk.ts";

type Change = EventOf<"history">;

/** When virtual time begins, by the wall clock. */
const START = 1_767_225_600_000;

const BOB = { id: id("bb"), label: "bob", addr: "[::1]:8095", state: "own" } as const;
const ALICE = { id: id("aa"), label: "alice", addr: "[::1]:8095", state: "alive" } as const;
const LOST = { ...ALICE, state: "lost" } as const;
const NOTHING = { self: id("bb"), nodes: [], links: [], gone_nodes: [], gone_links: [] };

/** The events of a request, each of which must be what the methods promise. */
function told(talk: Talk, asked: number): Change[] {
  return talk.events(asked).map((event) => METHODS.history.event.parse(event));
}

/** Two nodes whose link comes after a second and goes after another; it is the third second now. */
function twoNodes(): FakeNode {
  const node = new FakeNode(view("aa", "alice"));
  node.history();
  node.clock.run(900);
  node.learn({ links: [link("bb", "aa", 213.4)] });
  node.clock.run(1000);
  node.learn({ links: [], nodes: [view("bb", "bob", "own"), view("aa", "alice", "failed")] });
  node.clock.run(600);
  return node;
}

const TWO_NODES: Change[] = [
  { ...NOTHING, at: START, nodes: [ALICE, BOB] },
  {
    ...NOTHING,
    at: START + 1000,
    links: [{ from: id("bb"), to: id("aa"), rtt_us: 213, claimed_by: "both" }],
  },
  {
    ...NOTHING,
    at: START + 2000,
    nodes: [LOST],
    gone_links: [{ from: id("bb"), to: id("aa") }],
  },
];

Deno.test("history: tells the first map whole, then what became different, and when", () => {
  const talk = new Talk(twoNodes());
  const [result] = talk.results(talk.ask("history", {}));
  assertEquals(METHODS.history.result.parse(result), { changes: TWO_NODES });
});

Deno.test("history: begins with the map as it was at the time that is asked for", () => {
  const talk = new Talk(twoNodes());
  const since = (ms: number) => {
    const [result] = talk.results(talk.ask("history", { since: START + ms }));
    return METHODS.history.result.parse(result).changes;
  };
  const [first, second, third] = TWO_NODES as [Change, Change, Change];
  const linked = { ...first, links: second.links };
  assertEquals(since(-1e6), TWO_NODES);
  assertEquals(since(500), [{ ...first, at: START + 500 }, second, third]);
  assertEquals(since(1000), [{ ...linked, at: START + 1000 }, third]);
  assertEquals(since(1999), [{ ...linked, at: START + 1999 }, third]);
  const last = { ...first, nodes: [LOST, BOB] };
  assertEquals(since(2000), [{ ...last, at: START + 2000 }]);
  // There is no map of the future yet.
  assertEquals(since(1e9), [{ ...last, at: START + 2500 }]);
});

Deno.test("history: a follower gets what was, then what comes, until it stops", () => {
  const node = twoNodes();
  const talk = new Talk(node);
  const asked = talk.ask("history", { follow: true });
  assertEquals([told(talk, asked), talk.results(asked)], [TWO_NODES, []]);
  node.learn({ links: [link("bb", "aa", 99)] });
  node.clock.run(100);
  const links = TWO_NODES[1]?.links.map((link) => ({ ...link, rtt_us: 99 })) ?? [];
  const next = { ...NOTHING, at: START + 2600, links };
  assertEquals(told(talk, asked), [...TWO_NODES, next]);
  talk.cancel(asked);
  node.clock.run(500);
  node.learn({ links: [] });
  node.clock.run(500);
  assertEquals([told(talk, asked).length, talk.results(asked)], [4, [{ changes: [] }]]);
});

Deno.test("history: followers are not told of what shows nothing new, nor more than ten times a second", () => {
  const node = new FakeNode();
  const talk = new Talk(node);
  const asked = talk.ask("history", { follow: true });
  for (let i = 0; i < 100; i++) {
    node.learn({ traffic: { inBytes: i, outBytes: i } });
    node.clock.run(10);
  }
  assertEquals(told(talk, asked).length, 1);
  for (let i = 0; i < 100; i++) {
    node.learn({ links: [link("bb", "aa", i)] });
    node.clock.run(10);
  }
  node.clock.run(1000);
  const times = told(talk, asked).map(({ at }) => at);
  for (let i = 2; i < times.length; i++) {
    assertEquals((times[i] ?? 0) - (times[i - 1] ?? 0) >= 100, true);
  }
  assertEquals(times.length <= 12, true, `${times.length} events`);
  assertEquals(told(talk, asked).at(-1)?.links[0]?.rtt_us, 99);
});

Deno.test("history: what changes while it is told is told after it, once and in order", () => {
  const node = twoNodes();
  const talk = new Talk(node);
  let changes = 0;
  talk.onReply = (reply) => {
    if (!("event" in reply) || changes === 3) return;
    node.learn({ links: [link("bb", "aa", ++changes)] });
    // Whoever asks has the map looked at, throttle or not.
    node.history();
  };
  const asked = talk.ask("history", { follow: true });
  const rtts = told(talk, asked).slice(TWO_NODES.length).map(({ links }) => links[0]?.rtt_us);
  assertEquals(told(talk, asked).slice(0, TWO_NODES.length), TWO_NODES);
  assertEquals(rtts, [1, 2, 3]);
});

Deno.test("history: one who closes at the first event hears no more", () => {
  const node = twoNodes();
  const talk = new Talk(node);
  talk.onReply = () => talk.session.close();
  const asked = talk.ask("history", { follow: true });
  node.learn({ links: [link("bb", "aa", 1)] });
  node.clock.run(1000);
  assertEquals(told(talk, asked).length, 1);
});

Deno.test("history: nothing is looked at in a node whose history nobody asks for", () => {
  const node = new FakeNode();
  new Talk(node);
  const { snapshots, clock } = node;
  for (let i = 0; i < 10; i++) node.learn({ links: [link("bb", "aa", i)] });
  clock.run(10_000);
  assertEquals([node.snapshots, clock.events], [snapshots, 0]);
});
