/**
 * The links that this node makes by itself: to those whom the dialler names when their time has come,
 * members of its rooms among them, and their end once they have served their purpose.
 */

import { earliest } from "../base/instant.ts";
import type { Instant } from "../base/ports.ts";
import type { Dialer } from "../dialer/dialer.ts";
import type { Rooms } from "../rooms/rooms.ts";
import { Session, type SessionOptions } from "../session/session.ts";
import type { Topology } from "../topology/topology.ts";
import type { Companions } from "./companions.ts";
import type { Discovery } from "./discovery.ts";
import type { Link, Links } from "./links.ts";

/** The parts that have to do with it. */
export interface OutreachOptions {
  dialer: Dialer;
  discovery: Discovery;
  links: Links;
  companions: Companions;
  rooms: Rooms;
  topology: Topology;
  session: SessionOptions;
  /** Links below which nodes are dialled that nobody asked for. */
  minLinks: number;
}

export class Outreach {
  readonly #options: OutreachOptions;

  constructor(options: OutreachOptions) {
    this.#options = options;
  }

  /** When `begin` or `takeIdle` may have something new to say, as far as that depends on time. */
  nextWakeup(): Instant | undefined {
    const { companions, dialer, links } = this.#options;
    return earliest(companions.nextWakeup(), dialer.nextWakeup(links.established()));
  }

  /** Links that nobody needs any more, to be ended. To be called before `begin`. */
  takeIdle(now: Instant): Link[] {
    const { companions, rooms, topology } = this.#options;
    companions.update(now, rooms.wantedLinks(), topology.version);
    return companions.takeIdle(now);
  }

  /** Links that have just begun, whose connections are to be dialled. */
  begin(now: Instant): Link[] {
    const { dialer, discovery, links, minLinks, session: options } = this.#options;
    const established = links.established();
    if (established < minLinks) discovery.offer(now);
    return dialer.due(now, established).map(({ address, ...purpose }) => {
      const session = Session.dial(now, options);
      const link = links.begin({ direction: "outgoing", remote: address, session, ...purpose });
      dialer.handleDialling(now, address, link.id);
      return link;
    });
  }
}
