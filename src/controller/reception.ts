/**
 * Greets other nodes: introduces this one, gathers the facts about a newcomer, answers it, and
 * remembers who was met.
 */

import type { Address } from "../base/address.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Crypto, Instant, Remote } from "../base/ports.ts";
import type { BanList } from "../dialer/ban_list.ts";
import { KnownPeers } from "../identity/known_peers.ts";
import type { NetworkKey } from "../identity/network_key.ts";
import { formerIds } from "../identity/successions.ts";
import { decideTrust, type TrustFacts } from "../identity/trust.ts";
import { decideHello, decideWelcome } from "../session/admission.ts";
import type { Introduction } from "../wire/link.ts";
import { type Link, type Links, peerNamed, peerOf } from "./links.ts";
import { OwnAddresses } from "./own_addresses.ts";
import type { Parted } from "./parted.ts";

/** What a reception knows of its node. */
export interface ReceptionOptions {
  /** The parts of an introduction that stay the same for a whole run. */
  self: Pick<Introduction, "network" | "id" | "instance" | "label" | "successions">;
  crypto: Crypto;
  networkKey: NetworkKey;
  trust: Pick<TrustFacts, "mode" | "allow" | "deny">;
  known: KnownPeers;
  maxIncoming: number;
  links: Links;
  bans: BanList;
  /** Nodes with which a person ended the link. */
  parted: Parted;
  /** How the commands for this node begin, for the advice that people are given. */
  program: string;
  /** Whether somebody asked for a link to that node. */
  isTarget(id: NodeId): boolean;
  /** Whether an address can be dialled at all from here. */
  reaches(address: Address): boolean;
}

export class Reception {
  readonly addresses = new OwnAddresses();
  readonly #options: ReceptionOptions;

  constructor(options: ReceptionOptions) {
    this.#options = options;
  }

  /** What this node says of itself to a peer. */
  introduction({ address: seenAt, binding }: Pick<Remote, "address" | "binding">): Introduction {
    const { self, networkKey } = this.#options;
    const addresses = this.addresses.forPeer;
    const proof = networkKey.proof(self.id, binding);
    return { ...self, addresses, capabilities: [], seenAt, proof };
  }

  /** Answers a hello. Returns the link that was ended to make room, if one was. */
  answerHello(now: Instant, link: Link, hello: Introduction): Link | undefined {
    const { links, maxIncoming, isTarget } = this.#options;
    const spare = links.spare(isTarget);
    const decision = decideHello({
      ...this.#factsAbout(now, link, hello),
      hello,
      wanted: link.wanted,
      replacesIncoming: links.rivalsOf(link).some(({ direction }) => direction === "incoming"),
      incoming: links.incoming().filter((each) => each !== link).length,
      maxIncoming,
      canMakeRoom: spare !== undefined,
    });
    if (decision.type === "refuse") {
      link.session.refuse(decision.reason, decision.detail);
      return undefined;
    }
    this.addresses.seenAt(hello.seenAt);
    link.session.accept(this.introduction({ address: link.remote, binding: link.binding }));
    if (decision.type !== "make-room") return undefined;
    spare?.session.farewell("full");
    return spare;
  }

  /** Answers a welcome. */
  answerWelcome(now: Instant, link: Link, welcome: Introduction): void {
    const { links, parted } = this.#options;
    const rival = links.rivalOf(link);
    parted.handleReached(welcome.id, link.remote);
    const decision = decideWelcome({
      ...this.#factsAbout(now, link, welcome),
      welcome,
      rival: rival && {
        instance: peerOf(rival).instance,
        isUp: rival.session.isUp,
        dialledByUs: rival.direction === "outgoing",
      },
    });
    if (decision.type === "refuse") {
      return link.session.refuse(decision.reason, decision.detail);
    }
    this.addresses.seenAt(welcome.seenAt);
    link.session.confirm(now);
  }

  /**
   * Remembers the peer of a link that has just come up, unless it can never be dialled from here, as
   * browsers cannot. The first one that is reached at an initial target is pinned there.
   */
  remember(link: Link, wallMs: number): void {
    const { known, trust } = this.#options;
    const { peer, address: announced } = peerNamed(link);
    const address = link.direction === "outgoing" ? link.remote : announced;
    if (!this.#options.reaches(address)) return;
    const formerly = this.#formerly(peerOf(link)) ?? [];
    const isTarget = link.direction === "outgoing" && link.wanted;
    const isPin = isTarget && trust.mode !== "open" && known.pinnedAt(link.remote) === undefined;
    known.meet({ ...peer, address, formerly }, wallMs, isPin ? link.remote : undefined);
  }

  /** The facts that count whoever dialled. */
  #factsAbout(now: Instant, link: Link, peer: Introduction) {
    const { self, networkKey, bans, parted } = this.#options;
    return {
      self: self.id,
      network: self.network,
      hasNetworkKey: networkKey.accepts(peer.proof, peer.id, link.binding),
      distrust: this.#distrust(link, peer),
      isBanned: bans.bannedUntil(peer.id, now) !== undefined,
      isRemoved: parted.has(peer.id),
    };
  }

  /** Why the key of a peer is not accepted, or undefined if it is. */
  #distrust(link: Link, peer: Introduction): string | undefined {
    const { known, trust, program } = this.#options;
    const { id } = peer;
    const formerly = this.#formerly(peer);
    if (formerly === undefined) return "it tells of a change of key that is not proven";
    const dialled = link.direction === "outgoing" ? link.remote : undefined;
    const decision = decideTrust({
      ...trust,
      id,
      formerly,
      isPinned: [id, ...formerly].some((each) => known.get(each)?.pinned),
      pinnedThere: dialled && known.pinnedAt(dialled)?.id,
    });
    switch (decision.type) {
      case "trust":
        return undefined;
      case "refuse":
        return decision.detail;
      case "key-changed":
        return `expected ${decision.expected}, met ${id}; if that is right, accept it: ` +
          `${program} known trust ${id} ${link.remote}`;
      default:
        return decision satisfies never;
    }
  }

  /** Why the trust settings keep a node out wherever it is, or undefined if they do not. */
  objection(
    id: NodeId,
    advertised: Pick<Introduction, "successions"> | undefined,
  ): string | undefined {
    const { known, trust } = this.#options;
    const { successions = [] } = advertised ?? {};
    const told = this.#formerly({ id, successions }) ?? [];
    const formerly = [...told, ...known.get(id)?.formerly ?? []];
    const isPinned = [id, ...formerly].some((each) => known.get(each)?.pinned === true);
    const decision = decideTrust({ ...trust, id, formerly, isPinned, pinnedThere: undefined });
    return decision.type === "refuse" ? decision.detail : undefined;
  }

  #formerly({ id, successions }: Pick<Introduction, "id" | "successions">): NodeId[] | undefined {
    return formerIds(this.#options.crypto, id, successions);
  }
}
