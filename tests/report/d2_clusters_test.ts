import { assert, assertEquals } from "@std/assert";
import type { NodeId } from "../../src/base/node_id.ts";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import {
  allIds,
  FAR,
  type Known,
  type Overview,
  overviewOf,
} from "../../src/report/d2_clusters.ts";
import { largeNetwork, link, node, randomNetwork, snapshot } from "./networks.ts";

/** The letters of which each cluster's members are made, by distance. */
function clustersOf(known: Known, maxPlaces: number): Record<string, string[]> {
  const { clusters } = overviewOf(known, maxPlaces);
  const entries = clusters.map(({ distance, group, members }) =>
    [`${group[0]} ${distance}`, members.map(([letter]) => letter ?? "")] as const
  );
  return Object.fromEntries(entries);
}

/** A network from its links, each of two letters. */
function linked(...pairs: string[]): Known {
  const letters = [...new Set(["o", ...pairs.join("")])];
  return snapshot("o", {
    nodes: letters.map((letter) => node(letter)),
    links: pairs.map((pair) => link(pair[0] as string, pair[1] as string, 1)),
  });
}

Deno.test("overviewOf: what hangs together is one cluster at each distance", () => {
  //  o — a — cde, of which c leads on to f, and f to gh
  const known = linked("oa", "ac", "ad", "ea", "cd", "cf", "df", "fg", "hf", "cb", "gb");
  assertEquals(clustersOf(known, 4), {
    "b 2": ["c", "d", "e"],
    "b 3": ["b", "f"],
    "b 4": ["g", "h"],
  });
});

Deno.test("overviewOf: groups on the same neighbours are drawn together, others apart", () => {
  const leaves = ["ac", "ad", "ae", "bf", "bg", "ah", "bh", "ai", "bi"];
  assertEquals(clustersOf(linked("oa", "bo", ...leaves), 40), {
    "c 2": ["c", "d", "e"],
    "f 2": ["f", "g"],
    "h 2": ["h", "i"],
  });
});

Deno.test("overviewOf: the smallest groups are put together where there is no room for all", () => {
  const leaves = ["ac", "ad", "ae", "bf", "bg", "ah", "bh", "ai", "bi"];
  assertEquals(clustersOf(linked("oa", "bo", ...leaves), 10), {
    "c 2": ["c", "d", "e"],
    "f 2": ["f", "g", "h", "i"],
  });
});

Deno.test("overviewOf: neighbours for which there is no room are a cluster of their own", () => {
  const known = linked("oa", "ob", "oc", "od", "oe", "cf", "df", "eg");
  assertEquals(clustersOf(known, 4), { "c 1": ["c", "d", "e"], "c 2": ["f", "g"] });
  assertEquals([...overviewOf(known, 4).nodes].map(([letter]) => letter), ["o", "a", "b"]);
});

Deno.test("overviewOf: a lost node stands where somebody says to be linked with it, others apart", () => {
  const known = snapshot("o", {
    nodes: ["o", "a", "b", "c", "d", "e"].map((letter) => node(letter)),
    links: [link("o", "a", 1), link("a", "b", 1), link("c", "a", 1, "to"), link("d", "e", 1)],
  });
  assertEquals(clustersOf(known, 2), { "b 2": ["b", "c"], "d undefined": ["d", "e"] });
});

Deno.test("overviewOf: draws every node once, counts every link once, and stays within its limit", () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = new SeededRandom(seed);
    const known = randomNetwork(random, 1 + randomInt(random, 120));
    const maxPlaces = 12 + randomInt(random, 60);
    assertOverview(known, overviewOf(known, maxPlaces), maxPlaces, `seed ${seed}`);
  }
});

Deno.test("overviewOf: even a limit of one node gives a picture", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = new SeededRandom(seed);
    const known = randomNetwork(random, 2 + randomInt(random, 60));
    for (const maxPlaces of [1, 2, 3]) {
      assertOverview(known, overviewOf(known, maxPlaces), 8, `seed ${seed}`);
    }
  }
});

Deno.test("overviewOf: neither round trips nor the order of what is known have a say", () => {
  const known = largeNetwork();
  const turned = {
    ...known,
    nodes: known.nodes.toReversed(),
    links: known.links.toReversed().map((link) => ({ ...link, rttUs: null })),
  };
  const { nodes, clusters, bundles } = overviewOf(turned, 60);
  const expected = overviewOf(known, 60);
  assertEquals([nodes, clusters, bundles], [expected.nodes, expected.clusters, expected.bundles]);
});

function assertOverview(known: Known, overview: Overview, maxPlaces: number, hint: string): void {
  const { nodes, clusters, links, bundles } = overview;
  const members = clusters.flatMap(({ members }) => members);
  assertEquals([...nodes, ...members].sort(), [...allIds(known)].sort(), hint);
  assert(nodes.has(known.self), hint);
  assert(nodes.size + clusters.length <= maxPlaces, hint);
  const distances = slowDistances(known);
  for (const { distance, members } of clusters) {
    assert(members.length > 1, hint);
    for (const id of members) {
      const links = distances.get(id);
      assertEquals(distance, links === undefined ? undefined : Math.min(links, FAR), hint);
    }
  }
  const placeOf = (id: NodeId) => clusters.find(({ members }) => members.includes(id)) ?? id;
  const inside = known.links.filter(({ from, to }) => placeOf(from) === placeOf(to)).length;
  const bundled = bundles.reduce((sum, { count }) => sum + count, 0);
  assertEquals(links.length + bundled + inside, known.links.length, hint);
  for (const { ends: [near, far], count, isOneSided } of bundles) {
    const meant = known.links.filter(({ from, to }) => {
      const places = [placeOf(from), placeOf(to)];
      return places.includes(near) && places.includes(far);
    });
    const sure = meant.filter(({ claimedBy }) => claimedBy === "both");
    assertEquals([meant.length, sure.length === 0], [count, isOneSided], hint);
  }
}

/** Distances found by asking every link again until nothing comes of it. */
function slowDistances({ self, links }: Known): Map<NodeId, number> {
  const distances = new Map<NodeId, number>([[self, 0]]);
  const isSure = ({ from, to, claimedBy }: typeof links[number]) =>
    claimedBy === "both" || from === self || to === self;
  for (const used of [links.filter(isSure), links]) {
    const fixed = new Set(distances.keys());
    for (let isNew = true; isNew;) {
      isNew = false;
      for (const { from, to } of used) {
        for (const [a, b] of [[from, to], [to, from]] as const) {
          const next = (distances.get(a) ?? Infinity) + 1;
          if (fixed.has(b) || next >= (distances.get(b) ?? Infinity)) continue;
          distances.set(b, next);
          isNew = true;
        }
      }
    }
  }
  return distances;
}
