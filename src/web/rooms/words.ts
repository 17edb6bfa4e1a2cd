/** What the page says, as sentences made of facts. */

import { type NodeId, shortId } from "../../base/node_id.ts";
import type { Notice, NoticeNode } from "../../controller/notice.ts";
import type { RoomEvent } from "../../controller/room_api.ts";
import type { Snapshot } from "../../controller/snapshot.ts";
import type { Content } from "../../messaging/outcome.ts";
import { anchorsOf, isBrowser } from "../node/anchors.ts";

/** How a page stands with the network: in it, in touch with other browsers alone, or by itself. */
export type Standing = "connecting" | "connected" | "direct" | "alone";

/** The line at the top of the page. */
export interface Status {
  state: Standing;
  text: string;
}

/** People are called by their labels; two may have the same, so a glance can tell them apart by id. */
export function nameOf({ id, label }: NoticeNode): string {
  return label === "" ? shortId(id) : label;
}

/**
 * How the page stands with the network.
 *
 * @param wasConnected whether it ever had a link
 */
export function statusOf(snapshot: Snapshot, wasConnected: boolean): Status {
  const anchors = anchorsOf(snapshot).map(nameOf);
  const direct = directLinks(snapshot).size;
  const links = `${direct} direct ${direct === 1 ? "link" : "links"} to other browsers`;
  if (anchors.length > 0) {
    return { state: "connected", text: `Connected through ${listed(anchors)} · ${links}` };
  }
  if (direct > 0) {
    return { state: "direct", text: `No node answers · ${links} · looking for another node` };
  }
  return wasConnected
    ? { state: "alone", text: "The connection is lost; trying again" }
    : { state: "connecting", text: "Connecting" };
}

/** The nodes of other browsers to which there is a link. */
export function directLinks({ peers, nodes }: Snapshot): Set<NodeId> {
  const browsers = new Set(nodes.filter(isBrowser).map(({ id }) => id));
  return new Set(peers.map(({ id }) => id).filter((id) => browsers.has(id)));
}

/** Why a node could not be reached, when that is worth a word; undefined when it is not. */
export function troubleOf(notice: Notice): string | undefined {
  if (notice.type === "banned") {
    return `${
      nameOf(notice.peer)
    } broke the rules of the network and is kept out: ${notice.reason}`;
  }
  if (notice.type !== "dial-failed" || !notice.address.startsWith("ws://")) return undefined;
  const seconds = Math.max(1, Math.round(notice.nextInMs / 1000));
  return `The node at ${notice.address} cannot be reached: ${notice.reason}. ` +
    `Trying again in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`;
}

/** Whether a node would have let this one in with another network key. */
export function isAboutKey(notice: Notice): boolean {
  return notice.type === "dial-failed" && notice.reason.includes("network key");
}

/** What happened in a room, besides messages. */
export function presenceText(event: Exclude<RoomEvent, { type: "message" }>): string {
  const name = nameOf(event.member);
  switch (event.type) {
    case "joined":
      return `${name} joined`;
    case "left":
      return `${name} left`;
    case "vanished":
      return `${name} vanished: nobody reaches it any more`;
    default:
      return event satisfies never;
  }
}

/** Who else is in a room. */
export function companyText(others: readonly NoticeNode[], isSettled: boolean): string {
  if (others.length === 0) return isSettled ? "Nobody else is here yet" : "Looking for others";
  const names = others.map(nameOf);
  const shown = names.length <= 6 ? names : [...names.slice(0, 5), `${names.length - 5} others`];
  return `${listed(shown)} ${others.length === 1 ? "is" : "are"} here`;
}

/** A message as it can be shown: programs send data, too. */
export function contentText(content: Content): string {
  if (typeof content === "string") return content;
  return `${content.length} ${content.length === 1 ? "byte" : "bytes"} of data`;
}

/** What to say of a message that is on its way. */
export function sentText(count: number): string {
  return count === 0 ? "nobody else was here to hear it" : "";
}

/** A colour for a node, the same in every browser: one of so many. */
export function colourOf(id: NodeId, count: number): number {
  return [...id.slice(0, 8)].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % count;
}

/** The time of day. */
export function clockTime(ms: number): string {
  return new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

function listed(names: readonly string[]): string {
  return new Intl.ListFormat("en").format(names);
}
