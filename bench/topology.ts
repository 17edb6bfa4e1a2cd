/** What it takes to tell 1000 nodes of one change, and to find the paths among them. */

import type { NodeId } from "../src/base/node_id.ts";
import { shortestPaths } from "../src/topology/graph.ts";
import { elapsed, median, type Row } from "./measure.ts";
import { TopologyNetwork } from "./topology_network.ts";

const NODES = 1_000;

/** Virtual time without a frame after which all is told: longer than every hold time. */
const QUIET_MS = 2_500;

/** Flooding and shortest paths. */
export function topologyRows(): Row[] {
  const network = new TopologyNetwork(NODES, 1);
  network.settle(QUIET_MS);
  const [first] = network.ids as [NodeId];
  const before = Math.min(...network.sequencesOf(first));
  network.frames = 0;
  const floodMs = elapsed(() => {
    network.link(0, NODES - 1);
    network.settle(QUIET_MS);
  });
  const told = network.sequencesOf(first).filter((sequence) => sequence > before).length;
  const lookup = (id: NodeId) => network.nodes[0]?.get(id);
  const paths = Array.from({ length: 50 }, () => elapsed(() => shortestPaths(lookup, first)));
  return [
    { what: "One new link flooded, nodes told", value: told, unit: `of ${NODES}` },
    { what: "One new link flooded, frames", value: network.frames, unit: "frames" },
    { what: "One new link flooded, all nodes in one process", value: floodMs, unit: "ms" },
    { what: `Shortest paths from one of ${NODES} nodes`, value: median(paths), unit: "ms" },
  ];
}
