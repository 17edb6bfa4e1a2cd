/** Many `Topology` objects wired to each other without sessions or a network, on virtual time. */

import type { LinkId } from "../src/base/link_id.ts";
import type { NodeId } from "../src/base/node_id.ts";
import { randomInt, SeededRandom } from "../src/base/random.ts";
import { FastCrypto } from "../src/sim/fast_crypto.ts";
import { Topology } from "../src/topology/topology.ts";
import { decodeMessage } from "../src/wire/message.ts";
import type { TopologyMessage } from "../src/wire/topology.ts";

/** What one frame takes from node to node, in milliseconds of virtual time. */
const DELAY_MS = 1;

/** Milliseconds since 1970 when virtual time begins. */
const WALL_AT_START = 1_767_225_600_000;

interface End {
  node: number;
  link: LinkId;
}

interface Frame extends End {
  item: Uint8Array;
}

export class TopologyNetwork {
  readonly ids: readonly NodeId[];
  readonly nodes: readonly Topology[];
  /** Frames carried so far. */
  frames = 0;
  #now = 0;
  #lastLink = 0;
  /** Where each end of a link leads to. */
  readonly #peers: Map<LinkId, End>[];
  /** When each node wants to be woken next. */
  readonly #wakeups: number[];

  /** @param size nodes, each with links to one or two earlier ones */
  constructor(size: number, seed: number) {
    const random = new SeededRandom(seed);
    const crypto = new FastCrypto();
    const signers = Array.from({ length: size }, () => crypto.newSigner(random));
    this.ids = signers.map(({ id }) => id);
    this.nodes = signers.map((signer, at) =>
      new Topology(0, WALL_AT_START, {
        signer,
        crypto,
        successions: [],
        sealingKey: new Uint8Array(32),
        label: `node${at}`,
        maxAgeMs: 3_600_000,
        maxNodes: 2 * size,
        maxSkewMs: 600_000,
      })
    );
    this.#peers = this.ids.map(() => new Map());
    this.#wakeups = this.ids.map(() => 0);
    for (let node = 1; node < size; node++) {
      const first = randomInt(random, node);
      const second = randomInt(random, node);
      for (const peer of new Set([first, second])) this.link(node, peer, randomInt(random, 5_000));
    }
  }

  /** Makes a link from one node to another. */
  link(from: number, to: number, rttUs = 500): void {
    const link = ++this.#lastLink as LinkId;
    this.#join({ node: from, link }, { node: to, link }, true, rttUs);
    this.#join({ node: to, link }, { node: from, link }, false, rttUs);
  }

  /** Lets time pass until nothing has been under way for `quietMs`. */
  settle(quietMs: number): void {
    let underWay: Frame[] = this.#advance(this.nodes.keys());
    let quietSince = this.#now;
    while (this.#now - quietSince < quietMs) {
      this.#now += DELAY_MS;
      const awake = new Set<number>();
      for (const frame of underWay) awake.add(this.#deliver(frame));
      for (const [node, at] of this.#wakeups.entries()) if (at <= this.#now) awake.add(node);
      underWay = this.#advance(awake);
      this.frames += underWay.length;
      if (underWay.length > 0) quietSince = this.#now;
    }
  }

  /** Advertisements of `id` that are held, by their sequence numbers. */
  sequencesOf(id: NodeId): number[] {
    return this.nodes.map((node) => node.get(id)?.sequence ?? 0);
  }

  #join(own: End, peer: End, dialled: boolean, rttUs: number): void {
    this.#peers[own.node]?.set(own.link, peer);
    const topology = this.nodes[own.node];
    const id = this.ids[peer.node];
    if (topology === undefined || id === undefined) return;
    topology.handleLinkUp(this.#now, own.link, id, dialled);
    topology.handleRtt(this.#now, id, rttUs);
  }

  #deliver({ node, link, item }: Frame): number {
    // Nothing but messages of this family is ever sent here.
    this.nodes[node]?.handleMessage(this.#now, link, decodeMessage(item) as TopologyMessage);
    return node;
  }

  /** Wakes nodes up and takes what they send. */
  #advance(awake: Iterable<number>): Frame[] {
    const frames: Frame[] = [];
    for (const node of awake) {
      const topology = this.nodes[node];
      if (topology === undefined) continue;
      topology.handleTime(this.#now);
      topology.takeEvents();
      for (const { link, item } of topology.takeSends()) {
        frames.push({ ...this.#peers[node]?.get(link) as End, item });
      }
      this.#wakeups[node] = topology.nextWakeup() ?? Infinity;
    }
    return frames;
  }
}
