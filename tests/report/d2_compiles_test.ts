/**
 * The official D2 compiler reads every diagram as it was meant: each node once and with its label,
 * each link between the right ends, and of a large network each node and link counted somewhere.
 */

import { assert, assertEquals } from "@std/assert";
import type { Connection, ShapeBase, Text } from "@terrastruct/d2";
import type { NodeId } from "../../src/base/node_id.ts";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import type { LinkView, NodeView, Snapshot } from "../../src/controller/snapshot.ts";
import { peersD2 } from "../../src/report/d2.ts";
import { type Overview, overviewOf } from "../../src/report/d2_clusters.ts";
import { nodeLabel } from "../../src/report/visible.ts";
import { GOLDENS } from "./goldens.ts";
import { randomNetwork } from "./networks.ts";
import { compileDiagram } from "./official_d2.ts";

const RANDOM_NETWORKS = 200;
const MOST_NODES = 200;

for (const { file, golden, snapshot } of GOLDENS.filter(({ file }) => file.endsWith(".d2"))) {
  Deno.test(`peersD2: D2 reads ${file} as it was meant`, async () => {
    const isWhole = !golden.includes("{class: cluster}");
    await assertReads(golden, snapshot, isWhole ? undefined : overviewOf(snapshot, 60), file);
  });
}

Deno.test("peersD2: D2 reads random networks with hostile labels as they were meant", async () => {
  let clustered = 0;
  for (let seed = 0; seed < RANDOM_NETWORKS; seed++) {
    const random = new SeededRandom(seed);
    // Most of them small, which say as much and are drawn faster; every size up to the largest.
    const size = Math.ceil(MOST_NODES * random.next() ** 3);
    const network = randomNetwork(random, seed === 0 ? MOST_NODES : Math.max(1, size));
    const maxNodes = [1, 12, 30, 60][randomInt(random, 4)] as number;
    const count = new Set([
      ...network.nodes.map(({ id }) => id),
      ...network.links.flatMap(({ from, to }) => [from, to]),
    ]).size;
    const overview = count > maxNodes ? overviewOf(network, maxNodes) : undefined;
    if (overview !== undefined) clustered++;
    await assertReads(peersD2(network, { maxNodes }), network, overview, `seed ${seed}`);
  }
  assert(clustered > 30 && clustered < RANDOM_NETWORKS - 30, `${clustered} with clusters`);
});

/** Compiles `text` and compares what D2 understood with what the snapshot holds. */
async function assertReads(
  text: string,
  { nodes, links }: Snapshot,
  overview: Overview | undefined,
  hint: string,
): Promise<void> {
  const diagram = await compileDiagram(text);
  const all = new Set([...nodes.map(({ id }) => id), ...links.flatMap((l) => [l.from, l.to])]);
  const drawn = overview?.nodes ?? all;
  const idOf = (key: string): string => {
    const meant = [...all].filter((id) => id.startsWith(key));
    assertEquals(meant.length, 1, `The key ${key} stands for ${meant.length} nodes, ${hint}`);
    return meant[0] as string;
  };
  const [title, legend, ...shapes] = diagram.shapes as (ShapeBase & Text)[];
  assertEquals([title?.id, title?.type, legend?.id, legend?.type], [
    "title",
    "text",
    "legend",
    "text",
  ]);
  const known = new Map<string, NodeView>(nodes.map((node) => [node.id, node]));
  const isCluster = ({ classes = [] }: ShapeBase) => classes.includes("cluster");
  assertEquals(
    shapes.filter((shape) => !isCluster(shape)).map((shape) => readNode(idOf(shape.id), shape))
      .sort(),
    [...drawn].map((id) => meantNode(id, known.get(id))).sort(),
    hint,
  );
  assertEquals(
    shapes.filter(isCluster).map(({ label }) => label.split(" \n ").slice(0, 2).join()).sort(),
    (overview?.clusters ?? []).map(({ members, distance }) =>
      `${members.length} nodes,${away(distance)}`
    ).sort(),
    hint,
  );
  const lines = diagram.connections.filter(({ opacity }) => opacity > 0);
  const [arrows, plain] = [lines.filter(isArrow), lines.filter((line) => !isArrow(line))];
  assertEquals(
    arrows.map((line) => readLink(idOf(line.src), idOf(line.dst), line)).sort(),
    (overview?.links ?? links).map(meantLink).sort(),
    hint,
  );
  assertEquals(
    plain.map(({ label, strokeDash }) => `${label} ${strokeDash > 0}`).sort(),
    (overview?.bundles ?? []).map(({ count, isOneSided }) =>
      `${count} link${count === 1 ? "" : "s"} ${isOneSided}`
    ).sort(),
    hint,
  );
  const shown = new Set(shapes.map(({ id }) => id));
  for (const { src, dst } of diagram.connections) assert(shown.has(src) && shown.has(dst), hint);
}

function away(distance: number | undefined): string {
  if (distance === undefined) return "out of reach";
  return distance === 1
    ? "1 link away"
    : `${distance} links away${distance === 4 ? " or more" : ""}`;
}

function readNode(id: string, { label, classes = [] }: ShapeBase & Text): string {
  return JSON.stringify([id, label, classes]);
}

function meantNode(id: NodeId, node: NodeView | undefined): string {
  // A node that only a link speaks of is drawn with its key.
  if (node === undefined) return JSON.stringify([id, id.slice(0, 8), []]);
  const [address] = node.addresses;
  const port = address === undefined ? "" : ` \n (${address.split(":").at(-1)})`;
  const [word, classes] = {
    own: ["", ["own"]],
    alive: ["", []],
    left: [" \n left", ["departed"]],
    failed: [" \n lost", ["lost"]],
  }[node.state];
  return JSON.stringify([id, nodeLabel(node) + port + word, classes]);
}

function isArrow({ srcArrow, dstArrow }: Connection): boolean {
  assertEquals(srcArrow, "none", "The arrow points the wrong way");
  return dstArrow !== "none";
}

function readLink(from: string, to: string, line: Connection): string {
  return JSON.stringify([from, to, line.label, line.strokeDash > 0]);
}

function meantLink({ from, to, rttUs, claimedBy }: LinkView): string {
  const label = rttUs === null ? "" : `${Math.round(rttUs)} µs`;
  return JSON.stringify([from, to, label, claimedBy !== "both"]);
}
