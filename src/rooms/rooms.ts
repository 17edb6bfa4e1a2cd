/**
 * The rooms that this node is in: people and programs that know a room's name meet in it, wherever
 * they are connected. Nobody else learns of the name, of who is in the room, or of what is said
 * there.
 *
 *     name ── RoomKey ──► location ──► Dht: who else has published that it is there?
 *     who was found ──► greeting ──► statements of all members ──► mesh ──► messages
 *
 * Everything travels as letters from node to node, sealed for the recipient, so that a room needs
 * no links of its own; links between neighbours only make ways shorter. Who is lost on the map has
 * vanished.
 *
 * Calls in; letters and events out by `takeSends` and `takeEvents`.
 */

import { earliest } from "../base/instant.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Crypto, Instant, Signer } from "../base/ports.ts";
import type { Random } from "../base/random.ts";
import type { Dht, DhtEvent } from "../dht/dht.ts";
import { type Content, refuseUnsendable } from "../messaging/outcome.ts";
import { MAX_ROOM_CONTENT_BYTES } from "../wire/limits.ts";
import { contentBytes, decodeRoomLetter } from "../wire/rooms.ts";
import { Farewells } from "./farewells.ts";
import type { Member, NodeMap } from "./members.ts";
import { Room, type RoomsEvent } from "./room.ts";
import { RoomKey } from "./room_key.ts";
import { normalRoomName, refuseRoomName } from "./room_name.ts";
import { chooseLinks } from "./wanted_links.ts";

export type { Member, NodeMap } from "./members.ts";
export type { RoomsEvent } from "./room.ts";

/** Who this node is, and what its rooms may cost. */
export interface RoomsOptions {
  signer: Signer;
  crypto: Crypto;
  random: Random;
  dht: Pick<Dht, "publish" | "withdraw" | "search">;
  map: NodeMap;
  label: string;
  /** The key to which letters for this node are sealed, another in each run: as on the map. */
  sealingKey: Uint8Array;
  /** Above all epochs of earlier runs: the time at the start, in milliseconds since 1970. */
  firstEpoch: number;
  maxRooms: number;
  /** Members with whom links are wanted, in all rooms together. */
  maxLinks: number;
}

/** A letter for the rooms of another node. */
export interface RoomsSend {
  to: NodeId;
  content: Uint8Array;
}

/** A room as it is now. */
export interface RoomState {
  name: string;
  /** Whether the first search for others is over, so that those who are there are known. */
  isSettled: boolean;
  /** This node among them, ordered by id. */
  members: Member[];
  /** Requests, one after the other, that the last search took; undefined before the first. */
  hops: number | undefined;
}

/** How often all members are looked at anew, in milliseconds. */
const SWEEP_MS = 5_000;

export class Rooms {
  readonly #options: RoomsOptions;
  readonly #startedAt: Instant;
  readonly #rooms = new Map<string, Room>();
  readonly #byLocation = new Map<NodeId, Room>();
  readonly #farewells: Farewells;
  #names: readonly string[] = [];
  #lastEpoch: number;
  #sweepAt: Instant;
  #hasLeft = false;
  #wanted: ReadonlySet<NodeId> = new Set();
  /** The neighbours in each room for which `#wanted` was worked out. */
  #meshes: readonly (readonly NodeId[])[] = [];
  #sends: RoomsSend[] = [];
  #events: RoomsEvent[] = [];

  constructor(now: Instant, options: RoomsOptions) {
    this.#options = options;
    this.#startedAt = now;
    this.#lastEpoch = options.firstEpoch;
    this.#sweepAt = now + SWEEP_MS;
    this.#farewells = new Farewells(options.signer.id, (to, content) => this.#send(to, content));
  }

  /** Letters to send, in order; empties the list. */
  takeSends(): RoomsSend[] {
    const sends = this.#sends;
    if (sends.length > 0) this.#sends = [];
    return sends;
  }

  /** What happened, in order; empties the list. */
  takeEvents(): RoomsEvent[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    return events;
  }

  /** When `handleTime` wants to be called next; what is past means at once. */
  nextWakeup(): Instant | undefined {
    if (this.#hasLeft || this.#rooms.size === 0) return undefined;
    let next: Instant | undefined = this.#sweepAt;
    for (const room of this.#rooms.values()) next = earliest(next, room.nextWakeup());
    return next;
  }

  /** Time passed. To be called after every other call too: it is what sends statements on. */
  handleTime(now: Instant): void {
    if (this.#hasLeft) return;
    if (now >= this.#sweepAt) {
      this.#sweepAt = now + SWEEP_MS;
      for (const room of this.#rooms.values()) room.sweep(now);
    }
    for (const room of this.#rooms.values()) room.handleTime(now);
  }

  /**
   * Joins a room. Deriving its keys takes a tenth of a second.
   *
   * @returns false when it is joined already
   * @throws {RangeError} when the name cannot be that of a room, or there are too many rooms
   */
  join(now: Instant, name: string): boolean {
    const normal = normalRoomName(name);
    if (this.#rooms.has(normal)) return false;
    refuseRoomName(normal);
    const { maxRooms, crypto } = this.#options;
    if (this.#rooms.size >= maxRooms) {
      throw new RangeError(
        `This node is in ${this.#rooms.size} rooms, wanted at most ${maxRooms}: leave one first, ` +
          "or raise rooms.max_count",
      );
    }
    const key = this.#farewells.take(normal) ?? new RoomKey(crypto, normal);
    const room = new Room(now, key, {
      ...this.#options,
      newEpoch: (now, least) => this.#newEpoch(now, least),
      send: (to, content) => this.#send(to, content),
      tell: (event) => this.#events.push(event),
    });
    this.#rooms.set(normal, room);
    this.#byLocation.set(key.location, room);
    this.#listNames();
    return true;
  }

  /** Leaves a room for good, and says so to all who are in it; returns whether it was joined. */
  leave(now: Instant, name: string): boolean {
    const normal = normalRoomName(name);
    const room = this.#rooms.get(normal);
    if (room === undefined) return false;
    this.#farewells.add(room.key, room.leave(now));
    this.#rooms.delete(normal);
    this.#byLocation.delete(room.key.location);
    this.#listNames();
    return true;
  }

  /** The node leaves the network: says goodbye in every room. They stay joined for its next run. */
  leaveAll(now: Instant): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    for (const room of this.#rooms.values()) room.leave(now);
  }

  /**
   * Sends a message to all other members of a room, or to some of them.
   *
   * @returns how many it is on its way to; undefined when the room is not joined
   * @throws {RangeError} when it cannot be sent as it is, or somebody in `to` is no other member
   */
  say(
    _now: Instant,
    name: string,
    content: Content,
    to?: readonly NodeId[],
  ): number | undefined {
    const room = this.#rooms.get(normalRoomName(name));
    if (room === undefined || this.#hasLeft) return undefined;
    refuseTooLarge(content);
    if (to === undefined) {
      room.say(content);
      return room.others().length;
    }
    const recipients = new Set(to);
    const stranger = [...recipients].find((id) => !room.isMember(id));
    if (stranger !== undefined) {
      throw new RangeError(
        `Cannot send a message to ${stranger}, which is no other member of the room: see who is`,
      );
    }
    for (const id of recipients) room.sayTo(id, content);
    return recipients.size;
  }

  /** The joined rooms, ordered by name. */
  list(): RoomState[] {
    const { signer: { id }, label } = this.#options;
    return this.#names.flatMap((name) => {
      const room = this.#rooms.get(name);
      if (room === undefined) return [];
      const others = room.others();
      const place = others.findIndex((other) => other.id > id);
      const members = others.toSpliced(place < 0 ? others.length : place, 0, { id, label });
      return [{ name, isSettled: room.isSettled, members, hops: room.hops }];
    });
  }

  /** The names of the joined rooms, in order: what to join again after a restart. */
  names(): readonly string[] {
    return this.#names;
  }

  /** With whom this node wants links, for its rooms' sake; another set whenever they are others. */
  wantedLinks(): ReadonlySet<NodeId> {
    const rooms = this.#hasLeft ? [] : [...this.#rooms.values()];
    const meshes = rooms.map(({ neighbours }) => neighbours);
    // It is asked after every event, and few of them change a mesh.
    const isSame = meshes.length === this.#meshes.length &&
      meshes.every((mesh, at) => mesh === this.#meshes[at]);
    if (!isSame) {
      this.#meshes = meshes;
      this.#wanted = chooseLinks(this.#wanted, meshes, this.#options.maxLinks);
    }
    return this.#wanted;
  }

  /** The map changed: a node is alive, is not reached any more, or left the network properly. */
  handleNode(now: Instant, id: NodeId, standing: "alive" | "lost" | "left"): void {
    for (const room of this.#rooms.values()) {
      room.handleNode(now, id, standing === "lost" ? "failed" : standing);
    }
  }

  /** Something happened to the records of a room, or of anything else that is published. */
  handleSearched(now: Instant, event: DhtEvent): void {
    const room = this.#byLocation.get(event.location);
    if (room === undefined) return;
    if (event.type === "searched") room.handleSearched(now, event);
    else room.handleMoved(now);
  }

  /**
   * A letter for the rooms of this node came from another, which has proven its key.
   *
   * @throws {WireError} when it is none, or somebody who knows a room's name wrote nonsense
   */
  handleMessage(now: Instant, from: NodeId, content: Uint8Array): void {
    const letter = decodeRoomLetter(content);
    if (this.#hasLeft) return;
    const room = this.#byLocation.get(letter.location);
    if (room === undefined) this.#farewells.handleLetter(now, from, letter);
    else room.handleLetter(now, from, letter);
  }

  /** Time goes on while the node runs, so these are above those of earlier runs too. */
  #newEpoch(now: Instant, least = 0): number {
    const time = this.#options.firstEpoch + Math.floor(now - this.#startedAt);
    this.#lastEpoch = Math.max(this.#lastEpoch + 1, time, least + 1);
    return this.#lastEpoch;
  }

  #send(to: NodeId, content: Uint8Array): void {
    this.#sends.push({ to, content });
  }

  #listNames(): void {
    this.#names = [...this.#rooms.keys()].sort();
  }
}

/** @throws {RangeError} when a message is larger than may be said in a room, or half a character */
function refuseTooLarge(content: Content): void {
  // A UTF-16 unit takes at most three bytes of UTF-8, so few texts need to be counted.
  if (content.length * 3 > MAX_ROOM_CONTENT_BYTES) {
    const { length } = contentBytes(content);
    if (length > MAX_ROOM_CONTENT_BYTES) {
      throw new RangeError(
        `A message of ${length} bytes to a room, wanted at most ${MAX_ROOM_CONTENT_BYTES}: ` +
          "send it in parts",
      );
    }
  }
  refuseUnsendable(content);
}
