/** The five nodes that the project ships, as a simulated network. */

import { Cluster, type ClusterOptions } from "../../src/sim/cluster.ts";
import type { SimNode } from "../../src/sim/sim_node.ts";

export interface FiveNodes {
  cluster: Cluster;
  alice: SimNode;
  bob: SimNode;
  carol: SimNode;
  dave: SimNode;
  erin: SimNode;
}

/** Ports and initial targets as in `config/` and `profiles/`; bob draws. */
export function fiveNodes(options: ClusterOptions): FiveNodes {
  const cluster = new Cluster(options);
  const node = (name: string, port: number) =>
    cluster.add(name, {
      configure: ({ network: { controller } }) => {
        controller.listen.port = port;
        controller.d2 = name === "bob";
      },
    });
  const bob = node("bob", 8095);
  const alice = node("alice", 8090);
  const carol = node("carol", 8085);
  const dave = node("dave", 8100);
  const erin = node("erin", 8105);
  bob.targets = [alice.address, carol.address];
  carol.targets = [erin.address];
  dave.targets = [alice.address];
  erin.targets = [dave.address];
  return { cluster, alice, bob, carol, dave, erin };
}
