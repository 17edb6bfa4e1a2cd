import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { Layout, type Point } from "../../src/web/map/layout.ts";
import { type Change, Network } from "../../src/web/map/network.ts";
import { clutterOf } from "../../src/web/map/clutter.ts";
import { radialTree } from "../../src/web/map/radial_tree.ts";
import { change, fiveNodes, idOf, link, manyNodes, node } from "./networks.ts";

Deno.test("Layout: the same network is the same picture", () => {
  for (const network of [networkOf(fiveNodes()), networkOf(manyNodes(60))]) {
    assertEquals(placesOf(laidOut(network)), placesOf(laidOut(network)));
  }
});

Deno.test("Layout: a first picture has come to rest, and no two nodes cover each other", () => {
  for (const count of [1, 2, 5, 60, 300]) {
    const layout = laidOut(networkOf(manyNodes(count)));
    const points = [...layout.places().values()];
    assertEquals(points.length, count);
    for (const { x, y } of points) assert(Number.isFinite(x) && Number.isFinite(y));
    const nearest = Math.min(
      ...points.map((point, at) =>
        Math.min(...points.slice(0, at).map((other) => distance(point, other)))
      ),
    );
    assertGreater(nearest, 20, `${count} nodes`);
    assertLess(stepsToRest(layout), 100, `${count} nodes`);
  }
});

Deno.test("Layout: nodes with no links at all are there too, not far away", () => {
  const nodes = ["bob", "c", "d", "e"].map((name) => node(name));
  const layout = laidOut(networkOf(change(0, { nodes })));
  stepsToRest(layout);
  for (const point of layout.places().values()) assertLess(distance(point, { x: 0, y: 0 }), 400);
});

Deno.test("Layout: other round trips and states move nothing", () => {
  const network = networkOf(fiveNodes());
  const layout = laidOut(network);
  stepsToRest(layout);
  const before = placesOf(layout);
  network.apply(change(1, { nodes: [node("erin", "lost")], links: [link("erin", "bob", 9)] }));
  layout.update(network);
  assert(layout.isResting, "Expected it to rest on");
  assertEquals(placesOf(layout), before);
});

Deno.test("Layout: a new node appears beside its neighbours, and the others hardly move", () => {
  const network = networkOf(manyNodes(100));
  const layout = laidOut(network);
  stepsToRest(layout);
  const before = placesOf(layout);
  network.apply(change(1, { nodes: [node("zed")], links: [link("zed", "bob")] }));
  layout.update(network);
  const begin = layout.place(idOf("zed")) as Point;
  const bob = layout.place(idOf("bob")) as Point;
  assertLess(distance(begin, bob), 120);
  assertLess(stepsToRest(layout), 200);
  const moves = before.map(([id, point]) => distance(point, layout.place(id) as Point));
  assertLess(moves.reduce((sum, move) => sum + move, 0) / moves.length, 15);
});

Deno.test("Layout: a node that comes back stands where it stood", () => {
  const network = networkOf(fiveNodes());
  const layout = laidOut(network);
  stepsToRest(layout);
  const stood = { ...layout.place(idOf("erin")) as Point };
  const without = new Network(network);
  without.apply(change(1, { gone_nodes: [idOf("erin")] }));
  layout.update(without);
  assertEquals(layout.place(idOf("erin")), undefined);
  layout.update(network);
  assertLess(distance(layout.place(idOf("erin")) as Point, stood), 0.001);
});

Deno.test("Layout: what is held stays in the hand, and what is let go of comes to rest", () => {
  const network = networkOf(fiveNodes());
  const layout = laidOut(network);
  const hand = { x: 500, y: -200 };
  layout.hold(idOf("erin"), hand);
  for (let step = 0; step < 20; step++) layout.step();
  const { x, y } = layout.place(idOf("erin")) as Point;
  assertEquals({ x, y }, hand);
  layout.release(idOf("erin"));
  assertLess(stepsToRest(layout), 300);
  layout.hold("nobody", hand);
  layout.release("nobody");
});

Deno.test("Layout: links of nodes that are not on the map are no reason to fail", () => {
  const nodes = [node("bob", "own"), node("c")];
  const links = [link("bob", "c"), link("c", "ghost"), link("ghost", "spectre")];
  assertEquals(laidOut(networkOf(change(0, { nodes, links }))).places().size, 2);
});

Deno.test("Layout: rearranged, it is as if it had never been seen before", () => {
  const network = networkOf(fiveNodes());
  const layout = laidOut(network);
  const first = placesOf(layout);
  layout.hold(idOf("erin"), { x: 900, y: 900 });
  for (let step = 0; step < 50; step++) layout.step();
  layout.rearrange(network);
  assertEquals(placesOf(layout), first);
});

Deno.test("radialTree: the own node is in the middle, others as far out as links lead to them", () => {
  const nodes = ["bob", "c", "d", "e", "alone"].map((name) => node(name));
  const links = [link("bob", "c"), link("d", "c"), link("d", "e"), link("e", "bob")];
  const tree = radialTree(networkOf(change(0, { nodes, links })));
  const depths = nodes.map(({ id }) => tree.get(id)?.depth);
  assertEquals(depths, [0, 1, 2, 1, 1]);
  const angles = new Set([...tree.values()].slice(1).map(({ angle }) => angle));
  assertGreater(angles.size, 2);
});

function networkOf(first: Change): Network {
  const network = new Network();
  network.apply(first);
  return network;
}

function laidOut(network: Network): Layout {
  const layout = new Layout();
  layout.update(network);
  return layout;
}

function stepsToRest(layout: Layout): number {
  let steps = 0;
  for (; !layout.isResting && steps < 5000; steps++) layout.step();
  return steps;
}

function placesOf(layout: Layout): [string, Point][] {
  return [...layout.places()].map(([id, { x, y }]) => [id, { x, y }]);
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

Deno.test("clutterOf: counts links that cross, and more those that seem to end where they pass", () => {
  const nodes = ["bob", "c", "d", "e"].map((name) => node(name));
  const network = networkOf(change(0, { nodes, links: [link("bob", "c"), link("d", "e")] }));
  const at = (...points: [number, number][]) =>
    new Map(points.map(([x, y], index) => [nodes[index]?.id ?? "", { x, y }]));
  assertEquals(clutterOf(network, at([0, 0], [100, 0], [0, 90], [100, 90])), 0);
  assertEquals(clutterOf(network, at([0, 0], [100, 100], [0, 100], [100, 0])), 1);
  assertEquals(clutterOf(network, at([0, 0], [100, 0], [50, 5], [50, 200])), 4);
});

Deno.test("Layout: in a small network no link hides behind a node", () => {
  const names = ["bob", "c", "d", "e", "f", "g"];
  const ring = names.map((name, at) => link(name, names[(at + 1) % names.length] as string));
  const shapes = [
    fiveNodes(),
    change(0, { nodes: names.map((name) => node(name)), links: ring }),
    change(0, { nodes: names.map((name) => node(name)), links: ring.slice(1) }),
    change(0, {
      nodes: names.map((name) => node(name)),
      links: names.slice(1).map((name) => link("bob", name)),
    }),
  ];
  for (const [at, shape] of shapes.entries()) {
    const network = networkOf(shape);
    // Of five nodes that are all linked with each other, five links cross five times, at the least.
    assertLess(clutterOf(network, laidOut(network).places()), at === 0 ? 6 : 1, `shape ${at}`);
  }
});
