/**
 * The rooms of the running node: the tabs, and a conversation for each room. What somebody does in them
 * is asked of the node; what happens there is told to the one whose room it is.
 */

import type { NodeId } from "../../base/node_id.ts";
import type { Cancel } from "../../base/ports.ts";
import type { NoticeNode } from "../../controller/notice.ts";
import type { RoomEvent } from "../../controller/room_api.ts";
import { normalRoomName } from "../../rooms/room_name.ts";
import { byId } from "../map/page/dom.ts";
import type { BrowserNode } from "../node/open.ts";
import { Conversation } from "./conversation.ts";
import { RoomList } from "./room_list.ts";
import { sentText } from "./words.ts";

/** A room that is shown. */
interface OpenRoom {
  conversation: Conversation;
  stopListening: Cancel;
}

/** A node, and what it is called. */
interface Run {
  node: BrowserNode["node"];
  self: NoticeNode;
}

export class RoomsView {
  readonly #element = byId("rooms", HTMLElement);
  readonly #list = new RoomList({
    join: (name) => this.#join(name),
    select: (name) => this.#select(name),
  });
  readonly #rooms = new Map<string, OpenRoom>();
  #run: Run | undefined;
  #selected: string | undefined;
  #direct: ReadonlySet<NodeId> = new Set();

  /** A node runs: shows the rooms that it is in. */
  begin({ node, id }: BrowserNode, label: string): void {
    this.#run = { node, self: { id, label } };
    this.#element.hidden = false;
    this.#select(undefined);
    this.sync();
  }

  /** The node ends. */
  end(): void {
    this.#run = undefined;
    for (const name of [...this.#rooms.keys()]) this.#close(name);
    this.#element.hidden = true;
  }

  /**
   * Brings up to date who is where. Rooms of an earlier run appear once the node has joined them anew.
   *
   * @param direct nodes to which there is a direct link
   */
  sync(direct: ReadonlySet<NodeId> = this.#direct): void {
    this.#direct = direct;
    for (const view of this.#run?.node.rooms.list() ?? []) {
      if (!this.#rooms.has(view.name)) this.#open(view.name);
      this.#rooms.get(view.name)?.conversation.update(view, direct);
      this.#list.setMembers(view.name, view.members.length);
    }
  }

  /** The page is looked at, or not any more. */
  markRead(): void {
    if (!document.hidden && this.#selected !== undefined) this.#list.setUnread(this.#selected, 0);
    this.#syncTitle();
  }

  get #first(): string | undefined {
    return [...this.#rooms.keys()].sort()[0];
  }

  #join(name: string): string | undefined {
    const rooms = this.#run?.node.rooms;
    if (rooms === undefined) return undefined;
    return objectionOf(() => {
      rooms.join(name);
      this.sync();
      const normal = normalRoomName(name);
      this.#select(normal);
      this.#rooms.get(normal)?.conversation.focus();
    });
  }

  /** Shows a room that is joined. */
  #open(name: string): void {
    if (this.#run === undefined) return;
    const { node: { rooms }, self } = this.#run;
    const conversation = new Conversation(name, self.id, {
      say: (text, to) => this.#say(name, text, to),
      leave: () => this.#leave(name),
    });
    conversation.hidden = true;
    byId("conversations", HTMLElement).append(conversation.element);
    for (const event of rooms.events(name)) conversation.add(event);
    const stopListening = rooms.listen(name, (event) => this.#hear(event));
    this.#rooms.set(name, { conversation, stopListening });
    this.#list.add(name, conversation.id);
    if (this.#selected === undefined) this.#select(name);
  }

  #close(name: string): void {
    const room = this.#rooms.get(name);
    room?.stopListening();
    room?.conversation.element.remove();
    this.#rooms.delete(name);
    this.#list.remove(name);
    if (this.#selected === name) this.#select(this.#first);
  }

  #leave(name: string): void {
    this.#run?.node.rooms.leave(name);
    this.#close(name);
    this.#list.focus();
  }

  #select(name: string | undefined): void {
    this.#selected = name;
    for (const [other, { conversation }] of this.#rooms) conversation.hidden = other !== name;
    byId("nowhere", HTMLElement).hidden = name !== undefined;
    this.#list.select(name);
    this.#syncTitle();
    if (name === undefined) this.#list.focus();
  }

  #hear(event: RoomEvent): void {
    if (!this.#isFound(event)) this.#rooms.get(event.room)?.conversation.add(event);
    const isSeen = event.room === this.#selected && !document.hidden;
    if (event.type === "message" && !isSeen) this.#list.addUnread(event.room);
    this.#syncTitle();
    // The node tells it from within; what it says of its rooms follows.
    queueMicrotask(() => this.sync());
  }

  /** Whether somebody came to be known who was there before: that is no news, and the heading says it. */
  #isFound({ room, type }: RoomEvent): boolean {
    if (type !== "joined") return false;
    return this.#run?.node.rooms.list().some(({ name, isSettled }) =>
      name === room && !isSettled
    ) ??
      false;
  }

  #say(name: string, text: string, to: NodeId | undefined): string | undefined {
    const conversation = this.#rooms.get(name)?.conversation;
    if (this.#run === undefined || conversation === undefined) return undefined;
    const { node: { rooms }, self } = this.#run;
    return objectionOf(() => {
      const count = rooms.say(name, text, to && [to]) ?? 0;
      const aside = to === undefined ? sentText(count) : `to ${conversation.recipientName} alone`;
      conversation.addOwn(text, self, aside);
    });
  }

  #syncTitle(): void {
    const { unread } = this.#list;
    const room = this.#selected ?? "rooms";
    document.title = `${unread > 0 ? `(${unread}) ` : ""}${room} · area-net`;
  }
}

/** What the node has against something that somebody wants, in its own words. */
function objectionOf(attempt: () => void): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return `${error.message}.`;
    throw error;
  }
}
