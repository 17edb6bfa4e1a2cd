/** What happened in one room, line by line; what comes is read aloud to those who hear the page. */

import type { NodeId } from "../../base/node_id.ts";
import type { NoticeNode } from "../../controller/notice.ts";
import type { RoomEvent } from "../../controller/room_api.ts";
import { html } from "../map/page/dom.ts";
import { colourClass, colourDot } from "./dot.ts";
import { clockTime, contentText, nameOf, presenceText } from "./words.ts";

/** Something that somebody said. */
export interface Message {
  member: NoticeNode;
  text: string;
  /** Milliseconds since 1970. */
  at: number;
  /** What else there is to know of it, in a few words. */
  aside: string;
}

/** Lines that are kept. */
const MAX_LINES = 500;

/** Messages of one member in such a time stand under one name. */
const TOGETHER_MS = 300_000;

/** So close to the end somebody reads the newest line, in pixels. */
const NEAR_PX = 40;

export class Log {
  readonly element = html("ol", "log");
  readonly #self: NodeId;
  /** The message that the last line holds, if it holds one. */
  #last: Message | undefined;

  constructor(name: string, self: NodeId) {
    this.#self = self;
    this.element.role = "log";
    this.element.ariaLabel = `Messages in ${name}`;
    this.element.tabIndex = 0;
  }

  /** Something happened. */
  add(event: RoomEvent): void {
    if (event.type !== "message") return this.#addPresence(event);
    const { member, content, at, isPrivate } = event;
    const aside = isPrivate ? "to some members only" : "";
    this.addMessage({ member, text: contentText(content), at, aside });
  }

  addMessage(message: Message): void {
    const { member, text, at, aside } = message;
    const last = this.#last;
    const follows = last !== undefined && last.member.id === member.id && last.aside === aside &&
      nameOf(last.member) === nameOf(member) && at - last.at < TOGETHER_MS;
    const by = html("p", "by");
    by.append(colourDot(colourClass(member.id, this.#self)), html("span", "", nameOf(member)));
    if (aside !== "") by.append(html("span", "aside", aside));
    const item = html("li", follows ? "message follows" : "message");
    item.append(by, html("span", "text", text), timeOf(at));
    this.#append(item);
    this.#last = message;
  }

  scrollToEnd(): void {
    this.element.scrollTop = this.element.scrollHeight;
  }

  #addPresence(event: Exclude<RoomEvent, { type: "message" }>): void {
    const item = html("li", `presence ${event.type}`);
    item.append(html("span", "text", presenceText(event)), timeOf(event.at));
    this.#append(item);
    this.#last = undefined;
  }

  /** Whoever reads further up is not torn away. */
  #append(item: HTMLLIElement): void {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    this.element.append(item);
    while (this.element.children.length > MAX_LINES) this.element.firstElementChild?.remove();
    if (isAtEnd) this.scrollToEnd();
  }
}

function timeOf(at: number): HTMLTimeElement {
  const time = html("time", "", clockTime(at));
  time.dateTime = new Date(at).toISOString();
  return time;
}
