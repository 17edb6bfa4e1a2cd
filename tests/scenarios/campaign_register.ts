/**
 * What honest nodes really said: a register of all that honest keys have signed, against which a map
 * is checked. Whatever stands on an honest map and not in the register was forged.
 */

import { type NodeId, nodeIdToBytes } from "../../src/base/node_id.ts";
import { equalBytes } from "../../src/base/bytes.ts";
import type { AgreementKey, Signer } from "../../src/base/ports.ts";
import type { SeededRandom } from "../../src/base/random.ts";
import type { LinkView, NodeView, Snapshot } from "../../src/controller/snapshot.ts";
import type { KeyMaker } from "../../src/sim/fast_crypto.ts";
import { decodeAdvertisement } from "../../src/wire/topology.ts";

/** All that one key has said of its node, over all its lives. */
interface Sayings {
  /** Labels with addresses, as text. */
  presences: Set<string>;
  hasLeft: boolean;
  /** The links it claimed, and for each of them the round-trip times. */
  claims: Map<string, Set<number | null>>;
}

/** Makes the keys of honest nodes, and writes down what they sign. */
export class Register implements KeyMaker {
  readonly #keys: KeyMaker;
  readonly #sayings = new Map<NodeId, Sayings>();

  /** @param keys makes and checks the real signatures */
  constructor(keys: KeyMaker) {
    this.#keys = keys;
  }

  newSigner(random: SeededRandom): Signer {
    const signer = this.#keys.newSigner(random);
    const idBytes = nodeIdToBytes(signer.id);
    this.#sayings.set(signer.id, { presences: new Set(), hasLeft: false, claims: new Map() });
    const sign = (bytes: Uint8Array) => {
      // The other thing that keys sign, a change of key, does not begin with the id.
      if (equalBytes(bytes.subarray(0, idBytes.length), idBytes)) this.#write(bytes);
      return signer.sign(bytes);
    };
    return { ...signer, sign };
  }

  sha256(bytes: Uint8Array): Uint8Array {
    return this.#keys.sha256(bytes);
  }

  hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array {
    return this.#keys.hmacSha256(key, bytes);
  }

  verify(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
    return this.#keys.verify(publicKey, bytes, signature);
  }

  signerFrom(seed: Uint8Array): Signer {
    return this.#keys.signerFrom(seed);
  }

  stretch(secret: Uint8Array, salt: Uint8Array): Uint8Array {
    return this.#keys.stretch(secret, salt);
  }

  newAgreementKey(): AgreementKey {
    return this.#keys.newAgreementKey();
  }

  seal(
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    ...plaintext: readonly Uint8Array[]
  ): Uint8Array {
    return this.#keys.seal(key, nonce, aad, ...plaintext);
  }

  open(
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    sealed: Uint8Array,
  ): Uint8Array | undefined {
    return this.#keys.open(key, nonce, aad, sealed);
  }

  isHonest(id: NodeId): boolean {
    return this.#sayings.has(id);
  }

  /**
   * Every sentence on a map that no honest node said of itself; what is told of `liars` is theirs to tell.
   */
  forgeries({ self, nodes, links }: Snapshot, liars: ReadonlySet<NodeId>): string[] {
    return [
      ...nodes.filter(({ id }) => !liars.has(id)).flatMap((node) => this.#judgeNode(node)),
      ...links.flatMap((link) => this.#judgeLink(link, self)),
    ];
  }

  #write(body: Uint8Array): void {
    const { id, label, addresses, left, links } = decodeAdvertisement(body);
    const sayings = this.#sayings.get(id) as Sayings;
    sayings.presences.add(presence({ label, addresses }));
    sayings.hasLeft ||= left;
    for (const { peer, dialled, rttUs } of links) {
      const key = claim(peer, dialled);
      const rtts = sayings.claims.get(key) ?? new Set();
      sayings.claims.set(key, rtts.add(rttUs));
    }
  }

  #judgeNode({ id, label, addresses, state }: NodeView): string[] {
    const sayings = this.#sayings.get(id);
    if (sayings === undefined) return [`${id} is nobody's id`];
    if (!sayings.presences.has(presence({ label, addresses }))) {
      return [`${id} never was ${label} at ${addresses}`];
    }
    return state === "left" && !sayings.hasLeft ? [`${label} never left`] : [];
  }

  /** A node shows its own links as they are now, signed or not yet. */
  #judgeLink({ from, to, rttUs, claimedBy }: LinkView, self: NodeId): string[] {
    const rtts = new Set<number | null>();
    let isLiarsWord = false;
    const forged: string[] = [];
    const ends = [[from, claim(to, true), "from"], [to, claim(from, false), "to"]] as const;
    for (const [id, key, end] of ends) {
      const sayings = this.#sayings.get(id);
      const isClaiming = claimedBy === end || claimedBy === "both";
      const said = sayings?.claims.get(key);
      if (!isClaiming || id === self) isLiarsWord ||= id === self;
      else if (sayings === undefined) isLiarsWord = true;
      else if (said === undefined) forged.push(`${id} never claimed the link ${from} to ${to}`);
      for (const rtt of said ?? []) rtts.add(rtt);
    }
    if (!isLiarsWord && rttUs !== null && !rtts.has(rttUs)) {
      forged.push(`Nobody measured ${rttUs} µs from ${from} to ${to}`);
    }
    return forged;
  }
}

function presence({ label, addresses }: Pick<NodeView, "label" | "addresses">): string {
  return JSON.stringify([label, addresses]);
}

function claim(peer: NodeId, dialled: boolean): string {
  return `${dialled ? "to" : "from"} ${peer}`;
}
