/** Networks of a certain shape, where nodes hold the links that they are given and no others. */

import { randomInt, type SeededRandom, shuffled } from "../../src/base/random.ts";
import { Cluster, type ClusterOptions } from "../../src/sim/cluster.ts";
import type { SimNode } from "../../src/sim/sim_node.ts";

/** A cluster whose nodes have no links but those to initial targets. */
export function plainCluster(options: ClusterOptions): Cluster {
  return new Cluster({
    ...options,
    configure: (config) => {
      config.network.controller.peers.min_link_count = 0;
      options.configure?.(config);
    },
  });
}

/** Nodes in a row, each with a link to the next. */
export function addChain<const N extends readonly string[]>(
  cluster: Cluster,
  names: N,
): { [I in keyof N]: SimNode } {
  const nodes: SimNode[] = [];
  for (const name of names) nodes.push(cluster.add(name, { targets: nodes.slice(-1) }));
  return nodes as { [I in keyof N]: SimNode };
}

/** Two ends, and between them nodes of which each is a way of its own from one to the other. */
export function addBridges(cluster: Cluster, count: number) {
  const from = cluster.add("from");
  const between = Array.from({ length: count }, (_, i) =>
    cluster.add(`way${i}`, {
      targets: [from],
    }));
  const to = cluster.add("to", { targets: between });
  return { from, between, to };
}

/** Nodes in a ring with some chords, by chance: whichever one of them fails, the others stay connected. */
export function addRing(cluster: Cluster, random: SeededRandom, count: number): SimNode[] {
  const nodes = addChain(cluster, Array.from({ length: count }, (_, i) => `node${i}`));
  const link = (one = 0, other = 0) => {
    const [from, to] = [nodes[one], nodes[other]] as [SimNode, SimNode];
    from.targets = [...from.targets, to.address];
  };
  link(0, count - 1);
  for (let chords = randomInt(random, count / 2); chords > 0; chords--) {
    const [one, other] = shuffled(random, nodes.keys());
    link(one, other);
  }
  return nodes;
}
