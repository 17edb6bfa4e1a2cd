/**
 * The official D2 compiler reads every diagram as it was meant: each node once and with its label,
 * each link between the right ends.
 */

import { assert, assertEquals } from "@std/assert";
import type { Connection, ShapeBase, Text } from "@terrastruct/d2";
import { SeededRandom } from "../../src/base/random.ts";
import type { LinkView, NodeView, Snapshot } from "../../src/controller/snapshot.ts";
import { peersD2 } from "../../src/report/d2.ts";
import { nodeLabel } from "../../src/report/visible.ts";
import { GOLDENS } from "./goldens.ts";
import { randomNetwork } from "./networks.ts";
import { compileDiagram } from "./official_d2.ts";

const RANDOM_NETWORKS = 60;

for (const { file, golden, snapshot } of GOLDENS.filter(({ file }) => file.endsWith(".d2"))) {
  Deno.test(`peersD2: D2 reads ${file} as it was meant`, () => assertReads(golden, snapshot));
}

Deno.test("peersD2: D2 reads random networks with hostile labels as they were meant", async () => {
  for (let seed = 0; seed < RANDOM_NETWORKS; seed++) {
    const network = randomNetwork(new SeededRandom(seed));
    await assertReads(peersD2(network), network, `seed ${seed}`);
  }
});

/** Compiles `text` and compares what D2 understood with what the snapshot holds. */
async function assertReads(text: string, { nodes, links }: Snapshot, hint?: string): Promise<void> {
  const diagram = await compileDiagram(text);
  const ids = new Set([...nodes.map(({ id }) => id), ...links.flatMap((l) => [l.from, l.to])]);
  const idOf = (key: string) => {
    const meant = [...ids].filter((id) => id.startsWith(key));
    assertEquals(meant.length, 1, `The key ${key} stands for ${meant.length} nodes, ${hint}`);
    return meant[0] as string;
  };
  const [title, ...shapes] = diagram.shapes as (ShapeBase & Text)[];
  assertEquals(title?.type, "text", hint);
  const known = new Map<string, NodeView>(nodes.map((node) => [node.id, node]));
  assertEquals(
    shapes.map((shape) => readNode(idOf(shape.id), shape)).sort(),
    [...ids].map((id) => meantNode(id, known.get(id))).sort(),
    hint,
  );
  assertEquals(
    diagram.connections.map((line) => readLink(idOf(line.src), idOf(line.dst), line)).sort(),
    links.map(meantLink).sort(),
    hint,
  );
}

function readNode(id: string, { label, classes = [] }: ShapeBase & Text): string {
  return JSON.stringify([id, label, classes]);
}

function meantNode(id: string, node: NodeView | undefined): string {
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

function readLink(from: string, to: string, line: Connection): string {
  assert(line.srcArrow === "none" && line.dstArrow !== "none", "The arrow points the wrong way");
  return JSON.stringify([from, to, line.label, line.strokeDash > 0]);
}

function meantLink({ from, to, rttUs, claimedBy }: LinkView): string {
  const label = rttUs === null ? "" : `${Math.round(rttUs)} µs`;
  return JSON.stringify([from, to, label, claimedBy !== "both"]);
}
