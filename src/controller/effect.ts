/** Effects: what a controller asks of the world around it, in order. */

import type { Address } from "../base/address.ts";
import type { LinkId } from "../base/link_id.ts";
import type { NodeId } from "../base/node_id.ts";
import type { KnownPeer } from "../identity/known_peers.ts";
import type { Ticket } from "../messaging/letter.ts";
import type { Outcome } from "../messaging/outcome.ts";
import type { InboxMessage } from "./node_api.ts";
import type { Notice } from "./notice.ts";
import type { RoomEvent } from "./room_api.ts";
import type { Snapshot } from "./snapshot.ts";

export type Effect =
  /** Make a connection; answered by `handleOpened` or `handleClosed`. */
  | { type: "dial"; link: LinkId; address: Address }
  | { type: "send"; link: LinkId; bytes: Uint8Array }
  /** There is more for this link: `takeFrame` hands it out, as far as the connection has room. */
  | { type: "offer"; link: LinkId }
  /** Send what was given and end the connection; not answered. */
  | { type: "close"; link: LinkId }
  | { type: "report"; snapshot: Snapshot }
  /** Keep these over a restart. */
  | { type: "remember"; peers: readonly KnownPeer[] }
  | { type: "tell"; notice: Notice }
  /** A message came in. */
  | { type: "deliver"; message: InboxMessage }
  /** Something happened in a room. */
  | { type: "room"; event: RoomEvent }
  /** Another node's transport has something to tell ours. */
  | { type: "signal"; from: NodeId; signal: Uint8Array }
  /** A letter has come to its end. */
  | { type: "settle"; ticket: Ticket; outcome: Outcome }
  /** The node has left the network; nothing comes after this. */
  | { type: "stop" };
