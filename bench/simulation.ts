/** Whole nodes in the simulator. */

import { Cluster } from "../src/sim/cluster.ts";
import { elapsed, type Row } from "./measure.ts";

const NODES = 100;
const VIRTUAL_MS = 60_000;

/** 100 nodes on a random graph, from their start on. */
export function simulationRows(): Row[] {
  const cluster = new Cluster({ seed: 1 });
  cluster.addMany(NODES);
  const wallMs = elapsed(() => {
    cluster.startAll();
    cluster.run(VIRTUAL_MS);
  });
  const what = `${NODES} nodes simulated for ${VIRTUAL_MS / 1000} s`;
  return [
    { what: `${what}, wall time`, value: wallMs, unit: "ms" },
    { what: `${what}, events`, value: cluster.timeline.events, unit: "events" },
  ];
}
