/**
 * What a running node can be asked and told: the one interface behind the control socket, the map
 * page and the library. It speaks of ids; labels and prefixes are the business of `src/control`.
 */

import type { Address } from "../base/address.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Cancel } from "../base/ports.ts";
import type { Diagnosis } from "../diagnosis/diagnose.ts";
import type { Content, Outcome } from "../messaging/outcome.ts";
import type { MapChange } from "./map_change.ts";
import type { NoticeNode } from "./notice.ts";
import type { RoomApi } from "./room_api.ts";
import type { Snapshot } from "./snapshot.ts";

/** A message to send. */
export interface Letter {
  to: NodeId;
  content: Content;
  /** After how many milliseconds its sender wants to know, whatever has become of it. */
  timeoutMs: number;
}

/** A message that came in. */
export interface InboxMessage {
  from: NodeId;
  /** The sender's label when it came. */
  label: string;
  content: Content;
  /** When it came, in milliseconds since 1970. */
  at: number;
}

/** A node as those see it who talk to it. */
export interface NodeApi {
  /** The rooms that it is in. */
  readonly rooms: RoomApi;
  /** All that it knows now. */
  snapshot(): Snapshot;
  /** A number that changes whenever a node of the map comes, goes or changes its label. */
  mapVersion(): number;
  /**
   * Keeps a link to `address` from now on and dials it at once.
   *
   * @param id the only key that is accepted there from now on, where one is given
   */
  connect(address: Address, id?: NodeId): void;
  /**
   * Ends the link with a node, and keeps none with it until `connect` or a restart.
   *
   * @returns whether there was a link
   */
  disconnect(id: NodeId): boolean;
  /**
   * Compares the map with all neighbours now.
   *
   * @returns how many were asked
   */
  discover(): number;
  /**
   * Sends a message; `done` is called once, within the timeout.
   *
   * @throws {RangeError} when the message is larger than may be sent, or a text with half a character
   */
  send(letter: Letter, done: (outcome: Outcome) => void): void;
  /** Measures one round trip through the network, as `send` does with a message. */
  probe(to: NodeId, timeoutMs: number, done: (outcome: Outcome) => void): void;
  /** Whether a node, or whoever is at an address, is up, and if not, at which stage it fails. */
  why(target: NodeId | Address): Diagnosis;
  /** Nodes that are perhaps on no map, but of which `why` can tell something. */
  acquaintances(): readonly NoticeNode[];
  /** Messages that came in and nobody has read. */
  unread(): number;
  /** The messages that came in and are still kept, the oldest first. Whoever asks has read them. */
  inbox(): readonly InboxMessage[];
  /** Hands every message that comes in to `listener`, who has then read it. */
  listen(listener: (message: InboxMessage) => void): Cancel;
  /**
   * How the map came to be what it is: the whole of it as it was at `since`, or as long ago as is
   * known, and every change from then until now.
   *
   * @param since milliseconds since 1970
   */
  history(since?: number): readonly MapChange[];
  /** Hands every change of the map that comes to `listener`. */
  watchMap(listener: (change: MapChange) => void): Cancel;
  /**
   * Says goodbye to all peers and stops.
   *
   * @param done told how many nodes heard it directly
   */
  leave(done?: (heard: number) => void): void;
}
