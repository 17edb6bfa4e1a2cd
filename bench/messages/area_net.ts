/**
 * area-net itself, through the library as other programs use it: every message is sealed from end
 * to end, proves its sender and is answered by the recipient's receipt, which is what its sender
 * waits for. Relays are nodes like all others.
 *
 * No node looks for neighbours of its own accord here: with a link straight to the recipient there
 * would be nothing to relay.
 */

import { type AreaNode, openNode } from "../../mod.ts";
import type { Outlet } from "./outlet.ts";
import { type Roles, run } from "./program.ts";

/** Beyond what any message needs here, the first ones on a new chain included. */
const TIMEOUT_MS = 20_000;
/** How long to wait before asking once more whether there is a way to the recipient. */
const RETRY_MS = 20;

class NodeOutlet implements Outlet {
  readonly #node: AreaNode;
  readonly #recipient: string;
  #confirmed = 0;
  onProgress = () => {};

  constructor(node: AreaNode, recipient: string) {
    this.#node = node;
    this.#recipient = recipient;
  }

  get confirmed(): number {
    return this.#confirmed;
  }

  /** One by one: who sends together and who answers together is for the library to find. */
  send(content: Uint8Array, times: number): number {
    for (let sent = 0; sent < times; sent++) this.#sendOne(content);
    return times;
  }

  async #sendOne(content: Uint8Array): Promise<void> {
    const { type } = await this.#node.send(this.#recipient, content, { timeoutMs: TIMEOUT_MS });
    // A lost message would make the figures wrong: the process ends and the benchmark with it.
    if (type !== "delivered") throw new Error(`A message came to "${type}", wanted "delivered"`);
    this.#confirmed++;
    this.onProgress();
  }
}

/** Where a node is and whom its chain leads to. */
interface Place {
  address: string;
  recipient: string;
}

function open(...targets: string[]): Promise<AreaNode> {
  return openNode({
    listen: "[::1]:0",
    targets,
    settings: { "network.controller.peers.min_link_count": 0 },
  });
}

/** Resolves when the whole chain is known at this end of it. */
async function untilReached(node: AreaNode, recipient: string): Promise<void> {
  const giveUpAt = performance.now() + TIMEOUT_MS;
  for (;;) {
    const { type } = await node.send(recipient, "Are you there?", { timeoutMs: TIMEOUT_MS });
    if (type === "delivered") return;
    if (performance.now() > giveUpAt) throw new Error(`The first message came to "${type}"`);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

const ROLES: Roles = {
  recipient: async () => {
    const node = await open();
    node.listen(() => {});
    return JSON.stringify({ address: node.address, recipient: node.id });
  },
  relay: async (next) => {
    const { address, recipient } = JSON.parse(next) as Place;
    const node = await open(address);
    return JSON.stringify({ address: node.address, recipient });
  },
  sender: async (next) => {
    const { address, recipient } = JSON.parse(next) as Place;
    const node = await open(address);
    await untilReached(node, recipient);
    return new NodeOutlet(node, recipient);
  },
};

if (import.meta.main) await run(ROLES);
