/**
 * Letters sorted: those for people go to the inbox, those for a part of this node to that part, and
 * what the parts write goes out. Kademlia and the rooms know nothing of each other's letters, and
 * messaging nothing of what stands in them.
 */

import { earliest } from "../base/instant.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import type { Dht } from "../dht/dht.ts";
import type { Messaging } from "../messaging/messaging.ts";
import type { Received } from "../messaging/outcome.ts";
import type { Rooms, RoomsEvent } from "../rooms/rooms.ts";
import type { TopologyEvent } from "../topology/standings.ts";
import type { Topology } from "../topology/topology.ts";
import { WireError } from "../wire/error.ts";
import type { Effect } from "./effect.ts";

/** The parts between which letters go. */
export interface MailOptions {
  messaging: Messaging;
  topology: Pick<Topology, "get">;
  dht: Dht;
  rooms: Rooms;
}

/** After how many milliseconds nobody is interested any more in what a letter says. */
const TIMEOUT_MS = { dht: 5_000, room: 60_000 };

export class Mail {
  readonly #options: MailOptions;

  constructor(options: MailOptions) {
    this.#options = options;
  }

  /** When `handleTime` wants to be called next. */
  nextWakeup(): Instant | undefined {
    const { messaging, dht, rooms } = this.#options;
    return earliest(messaging.nextWakeup(), dht.nextWakeup(), rooms.nextWakeup());
  }

  /** A node came or went. */
  handleEvent(now: Instant, event: TopologyEvent): void {
    const { dht, rooms } = this.#options;
    const { id } = event.node;
    switch (event.type) {
      case "learnt":
      case "returned":
        dht.addNode(now, id);
        return rooms.handleNode(now, id, "alive");
      case "lost":
      case "left":
        dht.removeNode(now, id);
        return rooms.handleNode(now, id, event.type);
      case "forgotten":
        // A node that takes another key is forgotten as it was, without being lost before.
        dht.removeNode(now, id);
        return rooms.handleNode(now, id, "lost");
      case "missing":
        return;
      default:
        event.type satisfies never;
    }
  }

  /** Time passed. To be called after every other call too: it is what sends. */
  handleTime(now: Instant): void {
    const { messaging, dht, rooms } = this.#options;
    dht.handleTime(now);
    rooms.handleTime(now);
    this.#send(now);
    messaging.handleTime(now);
  }

  /**
   * What comes of letters that arrived or came to their end, in order.
   *
   * @param wallMs the time in milliseconds since 1970
   */
  takeEffects(now: Instant, wallMs: number): Effect[] {
    const { messaging, rooms } = this.#options;
    const effects: Effect[] = [];
    for (;;) {
      const events = messaging.takeEvents();
      for (const event of events) {
        if (event.type === "outcome") effects.push({ ...event, type: "settle" });
        else effects.push(...this.#deliver(now, wallMs, event.received));
      }
      const news = rooms.takeEvents();
      effects.push(...news.map((each) => roomEffect(each, wallMs)));
      if (events.length === 0 && news.length === 0) return effects;
      this.#send(now);
    }
  }

  #deliver(now: Instant, wallMs: number, { from, kind, content }: Received): Effect[] {
    const { topology } = this.#options;
    const label = topology.get(from)?.label ?? "";
    switch (kind) {
      case "message":
        return [{ type: "deliver", message: { from, label, content, at: Math.floor(wallMs) } }];
      case "greeting":
        return [{ type: "tell", notice: { type: "greeted", node: { id: from, label } } }];
      case "signal":
        return [{ type: "signal", from, signal: content as Uint8Array }];
      default:
        this.#handleService(now, kind, from, content as Uint8Array);
        return [];
    }
  }

  /** Whoever writes nonsense is not answered: its letters came through others, who are not to blame. */
  #handleService(now: Instant, kind: "dht" | "room", from: NodeId, content: Uint8Array): void {
    const { dht, rooms } = this.#options;
    try {
      if (kind === "dht") dht.handleMessage(now, from, content);
      else rooms.handleMessage(now, from, content);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
    }
  }

  #send(now: Instant): void {
    const { messaging, dht, rooms } = this.#options;
    for (const event of dht.takeEvents()) rooms.handleSearched(now, event);
    for (const [kind, part] of [["dht", dht], ["room", rooms]] as const) {
      for (const { to, content } of part.takeSends()) {
        messaging.send(now, to, kind, content, TIMEOUT_MS[kind]);
      }
    }
  }
}

function roomEffect(event: RoomsEvent, wallMs: number): Effect {
  return { type: "room", event: { ...event, at: Math.floor(wallMs) } };
}
