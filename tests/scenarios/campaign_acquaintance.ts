/** Who could find whom on a network that is whole: of nobody can more be asked. */

import { parseKnownPeers } from "../../src/identity/known_peers.ts";
import { KNOWN_PEERS_FILE } from "../../src/identity/known_peers_file.ts";
import type { SimNode } from "../../src/sim/sim_node.ts";

/** Whether a chain of acquaintances, in whichever direction, leads from each node to each other one. */
export function areAcquainted(running: readonly SimNode[]): boolean {
  const strangers = new Set(running);
  const reached = running.slice(0, 1);
  for (const node of reached) {
    if (!strangers.delete(node)) continue;
    reached.push(...[...strangers].filter((each) => knows(node, each) || knows(each, node)));
  }
  return strangers.size === 0;
}

/** Whether a node has reason to try the address of another. By name: the liar gives others' addresses. */
function knows(node: SimNode, { name, address }: SimNode): boolean {
  if (node.targets.includes(address)) return true;
  const views = node.snapshot().nodes.filter(({ label }) => label === name);
  // Whoever said goodbye is not looked for: such a node comes back by itself.
  if (views.length > 0) return views.some(({ state }) => state === "alive" || state === "failed");
  const known = parseKnownPeers(node.store.texts.get(KNOWN_PEERS_FILE) ?? NOBODY);
  return known.some(({ label }) => label === name);
}

const NOBODY = '{ "version": 1, "peers": [] }';
