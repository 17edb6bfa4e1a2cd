import { assert, assertEquals, assertGreater, assertLess, assertMatch } from "@std/assert";
import { Camera } from "../../src/web/map/camera.ts";
import { roomFor, type Text, textWidth } from "../../src/web/map/labels.ts";
import { Layout } from "../../src/web/map/layout.ts";
import { sizesFor, warmthOf, WARMTHS } from "../../src/web/map/looks.ts";
import { Network } from "../../src/web/map/network.ts";
import { COLOURS, contrast, palette } from "../../src/web/map/palette.ts";
import { chooseTexts, nodeTexts, pictureOf, textKey } from "../../src/web/map/picture.ts";
import { linkOutline, nodeOutline } from "../../src/web/map/shapes.ts";
import { nextInDirection } from "../../src/web/map/walk.ts";
import { change, fiveNodes, idOf, link, manyNodes, node } from "./networks.ts";

const SIZE = { width: 1000, height: 700 };
const NOBODY = { nodes: new Set<string>(), links: new Set<string>() };

Deno.test("palette: texts and shapes stand out from what they stand on, by day and by night", () => {
  for (const theme of ["day", "night"] as const) {
    const colours = palette(theme);
    const grounds = [colours.ground, colours.surface];
    const texts = [colours.text, colours.muted, colours.accent, colours.good, colours.bad];
    const shapes = Object.keys(COLOURS).filter((name) =>
      /^(own|alive|lost|left|warmth|unmeasured)/.test(name)
    );
    for (const ground of grounds) {
      for (const text of texts) assertGreater(contrast(text, ground), 4.5, `${text} on ${ground}`);
      for (const [name, colour] of Object.entries(colours)) {
        if (shapes.includes(name)) assertGreater(contrast(colour, ground), 3, `${theme} ${name}`);
      }
    }
  }
});

Deno.test("contrast: is 21 between black and white, and 1 between equals", () => {
  assertEquals(Math.round(contrast("#000000", "#ffffff")), 21);
  assertEquals(contrast("#808080", "#808080"), 1);
});

Deno.test("warmthOf: the slower a link, the warmer and thicker", () => {
  const steps = [0, 999, 1_000, 9_999, 10_000, 50_000, 199_999, 200_000, 1e9];
  const names = steps.map((rttUs) => warmthOf(rttUs).name.replace("warmth-", ""));
  assertEquals(names.join(""), "001123344");
  const widths = WARMTHS.slice(0, -1).map(({ width }) => width);
  assertEquals(widths, widths.toSorted((a, b) => a - b));
  assertEquals(warmthOf(null).name, "unmeasured");
});

Deno.test("sizesFor: a larger network is drawn finer", () => {
  const radii = [5, 50, 100, 300].map((count) => sizesFor(count).radius);
  assertEquals(radii, radii.toSorted((a, b) => b - a));
});

Deno.test("nodeOutline: every state has a shape of its own but for those told apart by their rim", () => {
  const shapes = (["own", "alive", "lost"] as const).map((state) => nodeOutline(state, 10));
  assertEquals(new Set(shapes).size, 3);
  for (const shape of shapes) assertMatch(shape, /^M[-\d. a-zA-Z]+z$/);
});

Deno.test("linkOutline: ends at the rims of its nodes, the arrow at the one that was dialled", () => {
  const { line, head, middle, length } = linkOutline({ x: 0, y: 0 }, { x: 100, y: 0 }, 10, 2, 0);
  assertMatch(line, /^M13 0L/);
  assertMatch(head, /^M87 0L/);
  assertEquals([middle, length], [{ x: 50, y: 0 }, 74]);
});

Deno.test("linkOutline: nodes that lie upon each other still have a link that can be drawn", () => {
  const { line, head } = linkOutline({ x: 5, y: 5 }, { x: 5, y: 5 }, 10, 2, 0);
  assert(!/NaN|Infinity/.test(line + head), line + head);
});

Deno.test("linkOutline: two links between the same nodes lie beside each other", () => {
  const [a, b] = [{ x: 0, y: 0 }, { x: 100, y: 0 }];
  const there = linkOutline(a, b, 10, 2, 4).middle;
  const back = linkOutline(b, a, 10, 2, 4).middle;
  assertEquals(Math.abs(there.y - back.y), 8);
});

Deno.test("Camera: to the screen and back is where one was, and a zoom keeps its point", () => {
  const camera = new Camera();
  camera.move({ x: 31, y: -7 });
  camera.zoom(1.7, { x: 200, y: 90 });
  const there = camera.toPlane({ x: 200, y: 90 });
  camera.zoom(0.4, { x: 200, y: 90 });
  const back = camera.toScreen(there);
  assertLess(Math.hypot(back.x - 200, back.y - 90), 1e-9);
  camera.zoom(1e9, { x: 0, y: 0 });
  assertEquals(camera.scale, 4);
  camera.zoom(0, { x: 0, y: 0 });
  assertEquals(camera.scale, 0.05);
});

Deno.test("Camera: fits everything, one point or none, on screens of any size", () => {
  const camera = new Camera();
  const points = [{ x: -2000, y: 10 }, { x: 500, y: 900 }, { x: 0, y: -900 }];
  camera.fit(points, SIZE);
  for (const point of points) assert(camera.sees(point, SIZE), JSON.stringify(point));
  for (const few of [[], [{ x: 7, y: 7 }]]) {
    for (const size of [SIZE, { width: 0, height: 0 }]) {
      camera.fit(few, size);
      assert([camera.scale, camera.x, camera.y].every(Number.isFinite));
      assertGreater(camera.scale, 0);
    }
  }
});

Deno.test("roomFor: no two texts overlap, and the weightier one stays", () => {
  const texts: Text[] = Array.from({ length: 400 }, (_, at) => ({
    key: `t${at}`,
    x: (at * 7919) % 900,
    y: (at * 104_729) % 600,
    width: 30 + (at % 5) * 20,
    height: 16,
    weight: at % 17,
  }));
  const chosen = roomFor(texts);
  const shown = texts.filter(({ key }) => chosen.has(key));
  const overlaps = (a: Text, b: Text) =>
    2 * Math.abs(a.x - b.x) < a.width + b.width && 2 * Math.abs(a.y - b.y) < a.height + b.height;
  assert(!shown.some((a, at) => shown.slice(0, at).some((b) => overlaps(a, b))));
  for (const text of texts.filter(({ key }) => !chosen.has(key))) {
    assert(shown.some((other) => overlaps(other, text) && other.weight >= text.weight), text.key);
  }
  assertEquals(chosen, roomFor(texts.toReversed()), "The order does not matter");
});

Deno.test("textWidth: East Asian letters take more room", () => {
  assertGreater(textWidth("日本語", 10), textWidth("abc", 10));
});

Deno.test("chooseTexts: of five nodes everything is written, of three hundred what matters", () => {
  const five = textsOf(networkOf(fiveNodes()));
  for (const name of ["bob", "alice", "carol", "dave", "erin"]) {
    assert(five.has(textKey.label(idOf(name))) && five.has(textKey.facts(idOf(name))), name);
  }
  assertGreater([...five].filter((key) => key.startsWith("rtt")).length, 5);
  const network = networkOf(manyNodes(300));
  const many = textsOf(network);
  const lost = [...network.nodes.values()].filter(({ state }) => state === "lost");
  assert(many.has(textKey.label(idOf("bob"))), "Expected the own node to be named");
  assertGreater(lost.filter(({ id }) => many.has(textKey.label(id))).length, lost.length / 2);
  assertLess([...many].filter((key) => key.startsWith("label")).length, 150);
  assertEquals([...many].filter((key) => key.startsWith("rtt")), []);
});

Deno.test("chooseTexts: what somebody looks at is written before all else, with its links", () => {
  const network = networkOf(manyNodes(300));
  const [id = ""] = [...network.nodes.keys()].slice(200);
  const texts = textsOf(network, { nodes: new Set([id]), links: new Set() });
  assert(texts.has(textKey.label(id)), "Expected its label");
});

Deno.test("chooseTexts: facts never stand without the label above them", () => {
  const network = networkOf(manyNodes(120));
  const texts = textsOf(network);
  for (const id of network.nodes.keys()) {
    assert(!texts.has(textKey.facts(id)) || texts.has(textKey.label(id)), id);
  }
});

Deno.test("nodeTexts: the state is said in words, and no label is too long or acts", () => {
  const network = networkOf(fiveNodes());
  const labelFor = (label: string) => {
    const named = node("x", "lost", label);
    network.apply(change(1, { nodes: [named] }));
    return nodeTexts(network, named).label;
  };
  assertEquals(labelFor("short"), "short · lost");
  assertMatch(labelFor("a\u202eb\n" + "c".repeat(99)), /^a\\u\{202e\}b\\u\{a\}c*… · lost$/);
});

Deno.test("nextInDirection: goes to what is straight ahead, and stays where nothing is", () => {
  const points = new Map([
    ["middle", { x: 0, y: 0 }],
    ["right", { x: 100, y: 10 }],
    ["aside", { x: 30, y: 55 }],
    ["up", { x: 0, y: -80 }],
  ]);
  assertEquals(nextInDirection("middle", points, { x: 1, y: 0 }), "right");
  assertEquals(nextInDirection("middle", points, { x: 0, y: -1 }), "up");
  assertEquals(nextInDirection("right", points, { x: 1, y: 0 }), undefined);
  assertEquals(nextInDirection("gone", points, { x: 1, y: 0 }), "middle");
});

Deno.test("pictureOf: links whose ends are not on the map are left out", () => {
  const nodes = [node("bob", "own"), node("c")];
  const network = networkOf(change(0, { nodes, links: [link("bob", "c"), link("c", "ghost")] }));
  const layout = new Layout();
  layout.update(network);
  const { links } = pictureOf(network, layout, new Camera());
  assertEquals(links.size, 1);
});

function networkOf(first: Parameters<Network["apply"]>[0]): Network {
  const network = new Network();
  network.apply(first);
  return network;
}

function textsOf(network: Network, attention: Parameters<typeof chooseTexts>[2] = NOBODY) {
  const layout = new Layout();
  layout.update(network);
  const camera = new Camera();
  camera.fit(layout.places().values(), SIZE);
  return chooseTexts(network, pictureOf(network, layout, camera), attention, SIZE);
}
