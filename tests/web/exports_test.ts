import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { METHODS } from "../../src/control/methods.ts";
import { toD2, toJson, toSvg } from "../../src/web/map/exports.ts";
import { Layout } from "../../src/web/map/layout.ts";
import { Network } from "../../src/web/map/network.ts";
import { change, fiveNodes, link, manyNodes, node } from "./networks.ts";

const HOSTILE = `<img src=x onerror="alert(1)"> & \u202e'\n${"$"}{x}`;

Deno.test("toJson: is the map as the control API has it, with its time and version", () => {
  const { at, version, ...map } = JSON.parse(toJson(hostile()));
  assertEquals([at, version], [1234, 1]);
  METHODS.map.result.parse(map);
  assertEquals(map.nodes.length, 7);
});

Deno.test("toD2: names every node and link of a small network", () => {
  const text = toD2(hostile());
  assertEquals(text.match(/^\w+ -> \w+/gm)?.length, 12);
  assertEquals(text.match(/^\w+: "(?:[^"\\]|\\.)*8090/gm)?.length, 6);
});

Deno.test("toSvg: is whole, and what a label says stays text", () => {
  for (const theme of ["day", "night"] as const) {
    const svg = svgOf(hostile(), theme);
    assertEquals(svg.match(/<path transform/g)?.length, 7);
    assertEquals(svg.match(/marker|<script|<img|href|url\(/gi), null);
    assertStringIncludes(svg, "&#60;img src=x onerror=…");
    assertEquals(svg.match(/<(?!\/?(svg|title|rect|path|text)[ >/])/g), null);
    // deno-lint-ignore no-control-regex -- what no document may hold is what is looked for
    assert(!/[\0-\x08\x0b-\x1f\u202e]/.test(svg), "Expected no character that acts");
    assertWellFormed(svg);
  }
});

Deno.test("toSvg: an empty map and a large one are pictures too", () => {
  assertWellFormed(svgOf(new Network(), "day"));
  const network = new Network();
  network.apply(manyNodes(300));
  const svg = svgOf(network, "day");
  assertWellFormed(svg);
  assert(!/NaN|Infinity|undefined/.test(svg));
  assertEquals(svg.match(/<path transform/g)?.length, 300);
});

/** Five nodes, and two that want to do harm. */
function hostile(): Network {
  const network = new Network();
  network.apply(fiveNodes());
  network.apply(change(1234, {
    nodes: [node("mallory", "left", HOSTILE), { ...node("nobody", "lost", ""), addr: null }],
    links: [link("mallory", "bob", null, "from"), link("bob", "mallory", 5)],
  }));
  return network;
}

function svgOf(network: Network, theme: "day" | "night"): string {
  const layout = new Layout();
  layout.update(network);
  return toSvg(network, layout, theme);
}

/** Every element is closed, in the right order. */
function assertWellFormed(xml: string): void {
  const open: string[] = [];
  for (const [, slash, name, self] of xml.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)) {
    if (slash === "/") assertEquals(open.pop(), name);
    else if (self !== "/") open.push(name ?? "");
  }
  assertEquals(open, []);
}
