import { assert, assertEquals, assertLess } from "@std/assert";
import { compareIds, type NodeId } from "../../src/base/node_id.ts";
import { SeededRandom, shuffled } from "../../src/base/random.ts";
import { MAX_NEIGHBOURS, neighboursOf } from "../../src/rooms/mesh.ts";
import { FastCrypto } from "../../src/sim/fast_crypto.ts";

const random = new SeededRandom(7);
const CRYPTO = new FastCrypto();
const IDS = Array.from({ length: 1_000 }, () => CRYPTO.newSigner(random).id);

/** The mesh of the first `count` members. */
function mesh(count: number): Map<NodeId, NodeId[]> {
  const ids = IDS.slice(0, count);
  return new Map(ids.map((id) => [id, neighboursOf(id, ids.filter((other) => other !== id))]));
}

/** Links from one member to the one that is furthest away. */
function eccentricity(graph: Map<NodeId, NodeId[]>, from: NodeId): number {
  const reached = new Set([from]);
  let border = [from];
  let hops = 0;
  while (reached.size < graph.size) {
    border = border.flatMap((id) => graph.get(id) ?? []).filter((id) => !reached.has(id));
    if (border.length === 0) return Infinity;
    for (const id of border) reached.add(id);
    hops++;
  }
  return hops;
}

Deno.test("neighboursOf: in a small room everybody is everybody's neighbour", () => {
  assertEquals(neighboursOf(IDS[0] as NodeId, []), []);
  for (const count of [1, 2, 5, 13]) {
    for (const [id, neighbours] of mesh(count)) {
      const others = IDS.slice(0, count).filter((other) => other !== id).sort(compareIds);
      assertEquals(neighbours, others);
    }
  }
});

Deno.test("neighboursOf: in a large room there are at most twelve, and both ends agree", () => {
  for (const count of [14, 15, 20, 50, 200, 1_000]) {
    const graph = mesh(count);
    for (const [id, neighbours] of graph) {
      assertLess(neighbours.length, MAX_NEIGHBOURS + 1);
      assertEquals(neighbours, [...new Set(neighbours)].sort(compareIds));
      assert(!neighbours.includes(id));
      for (const other of neighbours) assert(graph.get(other)?.includes(id));
    }
  }
});

Deno.test("neighboursOf: everybody reaches everybody over few links", () => {
  for (const [count, most] of [[14, 2], [50, 3], [200, 4], [1_000, 5]] as const) {
    const graph = mesh(count);
    for (const id of IDS.slice(0, Math.min(count, 50))) {
      assertLess(eccentricity(graph, id), most + 1);
    }
  }
});

Deno.test("neighboursOf: one member more changes the neighbours of few others", () => {
  const [before, after] = [mesh(200), mesh(201)];
  const changed = [...before].filter(([id, neighbours]) =>
    neighbours.join() !== after.get(id)?.join()
  );
  assertLess(changed.length, 2 * MAX_NEIGHBOURS);
});

Deno.test("neighboursOf: does not depend on the order in which the members are known", () => {
  const [self, ...others] = IDS.slice(0, 60) as [NodeId, ...NodeId[]];
  const neighbours = neighboursOf(self, others);
  for (let i = 0; i < 10; i++) {
    assertEquals(neighboursOf(self, shuffled(random, others)), neighbours);
  }
});
