import { assertEquals } from "@std/assert";
import type { NodeId } from "../../src/base/node_id.ts";
import { type Random, randomInt, SeededRandom, shuffled } from "../../src/base/random.ts";
import { mergeLinks, shortestPaths } from "../../src/topology/graph.ts";
import type { Advertisement, LinkClaim } from "../../src/wire/topology.ts";
import { idOf } from "./ids.ts";

const HOP_COST_US = 50;
const UNMEASURED_US = 1_000_000;

type Network = Map<NodeId, Advertisement>;
type Claim = [peer: number, rttUs: number | null, direction?: "dialled" | "accepted"];

/** A network out of what each node, by number, claims. */
function network(claims: Record<number, Claim[]>, left: readonly number[] = []): Network {
  return new Map(
    Object.entries(claims).map(([key, list]) => {
      const number = Number(key);
      const links = list.map(([peer, rttUs, direction = "dialled"]): LinkClaim => ({
        peer: idOf(peer),
        dialled: direction === "dialled",
        rttUs,
      }));
      const id = idOf(number);
      const keys = { publicKey: new Uint8Array(0), sealingKey: new Uint8Array(0) };
      const signed = { sequence: 1, ...keys, successions: [] };
      const rest = { ...signed, label: "", addresses: [], left: left.includes(number) };
      return [id, { id, ...rest, links }];
    }),
  );
}

/** A network by chance: links claimed by one end or both, unmeasured ones, nodes that left. */
function randomNetwork(random: Random, count: number): Network {
  const claims: Record<number, Claim[]> = {};
  for (let a = 0; a < count; a++) claims[a] = [];
  for (let a = 0; a < count; a++) {
    for (let b = a + 1; b < count; b++) {
      if (random.next() > 2.5 / count) continue;
      const by = randomInt(random, 5);
      // Few different values, so that there are many equally cheap paths.
      const rtt = () => randomInt(random, 6) === 0 ? null : 100 * (1 + randomInt(random, 4));
      if (by !== 0) claims[a]?.push([b, rtt(), "dialled"]);
      if (by !== 1) claims[b]?.push([a, rtt(), "accepted"]);
    }
  }
  for (const list of Object.values(claims)) list.splice(0, list.length, ...shuffled(random, list));
  const left = Object.keys(claims).map(Number).filter(() => randomInt(random, 12) === 0);
  return network(claims, left);
}

/** What one step costs, or Infinity: the rule of the graph, written down a second time. */
function stepCost(nodes: Network, source: NodeId, from: NodeId, to: NodeId): number {
  const [here, there] = [nodes.get(from), nodes.get(to)];
  if (here === undefined || here.left) return Infinity;
  const claim = here.links.find(({ peer }) => peer === to);
  const counter = there?.left ? undefined : there?.links.find(({ peer }) => peer === from);
  if (claim === undefined || (counter === undefined && from !== source)) return Infinity;
  const measured = [claim.rttUs, counter?.rttUs ?? null].filter((rtt) => rtt !== null);
  return HOP_COST_US + (measured.length === 0 ? UNMEASURED_US : Math.max(...measured));
}

/** The cost from `source` to each node that can be reached, by Floyd and Warshall. */
function slowCosts(nodes: Network, source: NodeId): Map<NodeId, number> {
  const ids = [...nodes.keys()];
  const cost = ids.map((from) => ids.map((to) => stepCost(nodes, source, from, to)));
  for (let k = 0; k < ids.length; k++) {
    for (let i = 0; i < ids.length; i++) {
      for (let j = 0; j < ids.length; j++) {
        const detour = (cost[i]?.[k] ?? Infinity) + (cost[k]?.[j] ?? Infinity);
        const row = cost[i] as number[];
        if (detour < (row[j] as number)) row[j] = detour;
      }
    }
  }
  const row = cost[ids.indexOf(source)] as number[];
  return new Map(
    ids.flatMap((id, i) => id !== source && row[i] !== Infinity ? [[id, row[i] as number]] : []),
  );
}

/** Whom a walk along steps that may be taken reaches, the source excepted. */
function slowReach(nodes: Network, source: NodeId): Set<NodeId> {
  const reached = new Set([source]);
  for (const from of reached) {
    for (const to of nodes.keys()) {
      if (stepCost(nodes, source, from, to) < Infinity) reached.add(to);
    }
  }
  reached.delete(source);
  return reached;
}

Deno.test("shortestPaths: costs are those of Floyd and Warshall, reach is that of a plain walk", () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = new SeededRandom(seed);
    const nodes = randomNetwork(random, 2 + randomInt(random, 14));
    for (const source of nodes.keys()) {
      const paths = shortestPaths((id) => nodes.get(id), source);
      const costs = new Map([...paths].map(([id, { cost }]) => [id, cost]));
      const expected = slowCosts(nodes, source);
      assertEquals(new Set(costs.keys()), slowReach(nodes, source), `seed ${seed}`);
      assertEquals(new Map([...costs].sort()), new Map([...expected].sort()), `seed ${seed}`);
    }
  }
});

Deno.test("shortestPaths: each path is its predecessor's and one step more, by the lowest id of equals", () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = new SeededRandom(seed);
    const nodes = randomNetwork(random, 3 + randomInt(random, 14));
    const source = idOf(0);
    const paths = shortestPaths((id) => nodes.get(id), source);
    const costOf = (id: NodeId) => id === source ? 0 : paths.get(id)?.cost ?? Infinity;
    for (const [id, { previous, cost, hops }] of paths) {
      const best = [...nodes.keys()].sort().find((each) =>
        costOf(each) + stepCost(nodes, source, each, id) === cost
      );
      assertEquals(previous, best, `seed ${seed}`);
      assertEquals(hops, previous === source ? 1 : (paths.get(previous)?.hops ?? NaN) + 1);
    }
  }
});

Deno.test("shortestPaths: an own link counts before its other end speaks of it, another's does not", () => {
  const nodes = network({ 1: [[2, 100]], 2: [[3, 100]], 3: [] });
  assertEquals([...shortestPaths((id) => nodes.get(id), idOf(1)).keys()], [idOf(2)]);
});

Deno.test("shortestPaths: of both ends' measurements the larger counts, from either side", () => {
  const nodes = network({ 1: [[2, 100]], 2: [[1, 900, "accepted"]] });
  const cost = (from: number, to: number) =>
    shortestPaths((id) => nodes.get(id), idOf(from)).get(idOf(to))?.cost;
  assertEquals([cost(1, 2), cost(2, 1)], [900 + HOP_COST_US, 900 + HOP_COST_US]);
});

Deno.test("shortestPaths: nobody passes through a node that left", () => {
  const claims: Record<number, Claim[]> = {
    1: [[2, 100]],
    2: [[1, 100, "accepted"], [3, 100]],
    3: [[2, 100, "accepted"]],
  };
  const nodes = network(claims, [2]);
  assertEquals(shortestPaths((id) => nodes.get(id), idOf(1)).has(idOf(3)), false);
});

Deno.test("mergeLinks: a link is claimed by both, or shown as one end's word", () => {
  const nodes = network({ 1: [[2, 100], [3, null]], 2: [[1, 300, "accepted"]], 3: [], 4: [] });
  assertEquals(mergeLinks((id) => nodes.get(id), nodes.keys()), [
    { from: idOf(1), to: idOf(2), rttUs: 100, claimedBy: "both" },
    { from: idOf(1), to: idOf(3), rttUs: null, claimedBy: "from" },
  ]);
  const oneSided = network({ 1: [], 2: [[1, 300, "accepted"]] });
  assertEquals(mergeLinks((id) => oneSided.get(id), oneSided.keys()), [
    { from: idOf(1), to: idOf(2), rttUs: 300, claimedBy: "to" },
  ]);
});

Deno.test("mergeLinks: shows the dialling end's time, the other's where there is none", () => {
  for (
    const [dialled, accepted, shown] of [
      [100, 300, 100],
      [null, 300, 300],
      [100, null, 100],
      [null, null, null],
    ] as const
  ) {
    const nodes = network({ 1: [[2, dialled]], 2: [[1, accepted, "accepted"]] });
    for (const speakers of [[1, 2], [2, 1]]) {
      const [link] = mergeLinks((id) => nodes.get(id), speakers.map(idOf));
      assertEquals([link?.rttUs, link?.claimedBy], [shown, "both"]);
    }
  }
});

Deno.test("mergeLinks: believes speakers alone, and shows no link to a node that nobody knows", () => {
  const nodes = network({ 1: [[2, 100], [9, 100]], 2: [[1, 100, "accepted"], [3, 100]], 3: [] });
  assertEquals(mergeLinks((id) => nodes.get(id), [idOf(1)]), [
    { from: idOf(1), to: idOf(2), rttUs: 100, claimedBy: "from" },
  ]);
});

Deno.test("mergeLinks: who claims a link twice does not speak for the other end", () => {
  const nodes = network({ 1: [[2, 100], [2, 100]], 2: [] });
  assertEquals(mergeLinks((id) => nodes.get(id), nodes.keys()).map(({ claimedBy }) => claimedBy), [
    "from",
  ]);
});

Deno.test("mergeLinks: the order of speakers and claims does not show", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = new SeededRandom(seed);
    const nodes = randomNetwork(random, 12);
    const lookup = (id: NodeId) => nodes.get(id);
    const links = mergeLinks(lookup, nodes.keys());
    assertEquals(mergeLinks(lookup, shuffled(random, nodes.keys())), links, `seed ${seed}`);
    assertEquals(
      links.map(({ from, to }) => from + to),
      links.map(({ from, to }) => from + to).sort(),
    );
  }
});
