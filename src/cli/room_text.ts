/** Rooms, their members and what happens in them, in words that are safe on a terminal. */

import type { EventOf } from "../control/methods.ts";
import { visible } from "../report/visible.ts";
import { formatTime } from "./format.ts";
import { contentText } from "./inbox_text.ts";
import { type JsonNode, labelOf, nameOf } from "./names.ts";

/** Something that happened in a room, as the control API tells of it. */
export type RoomEvent = EventOf<"room_listen">;

/** Members that a line names; the rest are counted. */
const NAMED_MEMBERS = 5;

/** When it happened and what, in one line. */
export function roomEventLine(event: RoomEvent): string {
  return `${formatTime(event.at)}  ${happening(event)}\n`;
}

/** The same for those who see several rooms. */
export function namedRoomEventLine(event: RoomEvent): string {
  return `${formatTime(event.at)}  ${visible(event.room)}  ${happening(event)}\n`;
}

/** `alice, erin are there`: who is in a room besides the node that tells of it. */
export function presenceText(others: readonly JsonNode[]): string {
  const labels = others.map(labelOf);
  const isUnique = new Set(labels).size === labels.length;
  const names = (isUnique ? labels : others.map(nameOf)).slice(0, NAMED_MEMBERS).join(", ");
  const more = others.length - NAMED_MEMBERS;
  const all = more > 0 ? `${names} and ${more} more` : names;
  return `${all} ${others.length === 1 ? "is" : "are"} there`;
}

/** The short id behind every name sees to it that no label can pass for what another member did. */
function happening(event: RoomEvent): string {
  const name = nameOf(event.member);
  switch (event.type) {
    case "message":
      return `${name}${event.private ? ", in private" : ""}: ${contentText(event)}`;
    case "joined":
      return `${name} joined`;
    case "left":
      return `${name} left`;
    case "vanished":
      return `${name} vanished`;
    default:
      // A node of a later version may tell of what this program does not know.
      return `${name} ${visible(event.type satisfies never)}`;
  }
}
