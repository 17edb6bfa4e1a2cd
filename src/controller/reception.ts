/** Greets other nodes: introduces this one, gathers the facts about a newcomer and answers it. */

import type { Address } from "../base/address.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import type { BanList } from "../dialer/ban_list.ts";
import { decideHello, decideWelcome } from "../session/admission.ts";
import type { Introduction } from "../wire/link.ts";
import { type Link, type Links, peerOf } from "./links.ts";
import { OwnAddresses } from "./own_addresses.ts";

/** What a reception knows of its node. */
export interface ReceptionOptions {
  /** The parts of an introduction that stay the same for a whole run. */
  self: Pick<Introduction, "network" | "id" | "instance" | "label">;
  maxIncoming: number;
  links: Links;
  bans: BanList;
  /** Whether somebody asked for a link to that node. */
  isTarget(id: NodeId): boolean;
}

export class Reception {
  readonly addresses = new OwnAddresses();
  readonly #options: ReceptionOptions;

  constructor(options: ReceptionOptions) {
    this.#options = options;
  }

  /** What this node says of itself to a peer that it sees at `seenAt`. */
  introduction(seenAt: Address): Introduction {
    const addresses = this.addresses.forPeer;
    return { ...this.#options.self, addresses, capabilities: [], seenAt };
  }

  /** Answers a hello. Returns the link that was ended to make room, if one was. */
  answerHello(now: Instant, link: Link, hello: Introduction): Link | undefined {
    const { self, links, bans, maxIncoming, isTarget } = this.#options;
    this.addresses.seenAt(hello.seenAt);
    const spare = links.spare(isTarget);
    const decision = decideHello({
      self: self.id,
      network: self.network,
      hello,
      wanted: link.wanted,
      isBanned: bans.bannedUntil(hello.id, now) !== undefined,
      replacesIncoming: links.rivalsOf(link).some(({ direction }) => direction === "incoming"),
      incoming: links.incoming().filter((each) => each !== link).length,
      maxIncoming,
      canMakeRoom: spare !== undefined,
    });
    if (decision.type === "refuse") {
      link.session.refuse(decision.reason, decision.detail);
      return undefined;
    }
    link.session.accept(this.introduction(link.remote));
    if (decision.type !== "make-room") return undefined;
    spare?.session.farewell("full");
    return spare;
  }

  /** Answers a welcome. */
  answerWelcome(now: Instant, link: Link, welcome: Introduction): void {
    const { self, links, bans } = this.#options;
    this.addresses.seenAt(welcome.seenAt);
    const rival = links.rivalOf(link);
    const decision = decideWelcome({
      self: self.id,
      network: self.network,
      welcome,
      isBanned: bans.bannedUntil(welcome.id, now) !== undefined,
      rival: rival && {
        instance: peerOf(rival).instance,
        isUp: rival.session.isUp,
        dialledByUs: rival.direction === "outgoing",
      },
    });
    if (decision.type === "refuse") link.session.refuse(decision.reason, decision.detail);
    else link.session.confirm(now);
  }
}
