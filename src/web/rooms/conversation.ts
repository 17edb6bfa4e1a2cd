/** One room: what was said in it, who is there, and the field to say something oneself. */

import type { NodeId } from "../../base/node_id.ts";
import type { NoticeNode } from "../../controller/notice.ts";
import type { RoomEvent, RoomView } from "../../controller/room_api.ts";
import { html, setText } from "../map/page/dom.ts";
import { Log } from "./log.ts";
import { colourClass, colourDot } from "./dot.ts";
import { companyText, nameOf } from "./words.ts";

/** What people do in a room. */
export interface ConversationListener {
  /** Sends a text to all, or to one; answers what is wrong with it, if anything is. */
  say(text: string, to: NodeId | undefined): string | undefined;
  leave(): void;
}

/** Room names make poor ids. */
let count = 0;

export class Conversation {
  readonly element: HTMLElement;
  /** What a tab that stands for it refers to. */
  readonly id = `conversation-${++count}`;
  readonly #self: NodeId;
  readonly #listener: ConversationListener;
  readonly #log: Log;
  readonly #company = html("p", "muted");
  readonly #members = html("ul");
  readonly #membersTitle = html("h3");
  readonly #text = html("textarea");
  readonly #to = html("select");
  readonly #problem = html("p", "problem");
  #shownMembers = "";

  constructor(name: string, self: NodeId, listener: ConversationListener) {
    this.#self = self;
    this.#listener = listener;
    this.#log = new Log(name, self);
    this.element = html("section", "conversation");
    this.element.id = this.id;
    this.element.role = "tabpanel";
    this.element.ariaLabel = `Room ${name}`;
    this.element.append(
      this.#makeHeader(name),
      this.#log.element,
      this.#makeSide(),
      this.#makeForm(),
    );
  }

  set hidden(isHidden: boolean) {
    this.element.hidden = isHidden;
    if (!isHidden) this.#log.scrollToEnd();
  }

  /** Puts the cursor where one writes. */
  focus(): void {
    this.#text.focus();
  }

  /** Something happened in the room. */
  add(event: RoomEvent): void {
    this.#log.add(event);
  }

  /** Shows who is there. @param direct those to whom there is a link */
  update({ members, isSettled }: RoomView, direct: ReadonlySet<NodeId>): void {
    const others = members.filter(({ id }) => id !== this.#self);
    const shown = JSON.stringify([members, isSettled, members.map(({ id }) => direct.has(id))]);
    // Most of the time nothing has changed, and whoever reads or chooses would be disturbed.
    if (shown === this.#shownMembers) return;
    this.#shownMembers = shown;
    setText(this.#company, companyText(others, isSettled));
    setText(this.#membersTitle, `Members (${members.length})`);
    const own = members.filter(({ id }) => id === this.#self);
    this.#members.replaceChildren(
      ...[...own, ...others].map((each) => this.#memberItem(each, direct.has(each.id))),
    );
    this.#updateRecipients(others);
  }

  #makeHeader(name: string): HTMLElement {
    const header = html("header");
    const leave = html("button", "", "Leave");
    leave.type = "button";
    leave.ariaLabel = `Leave the room ${name}`;
    leave.addEventListener("click", () => this.#listener.leave());
    header.append(html("h2", "", name), this.#company, leave);
    return header;
  }

  #makeSide(): HTMLElement {
    const side = html("aside", "members");
    side.ariaLabel = "Members";
    side.append(this.#membersTitle, this.#members);
    return side;
  }

  #makeForm(): HTMLFormElement {
    const form = html("form", "say");
    const send = html("button", "main", "Say");
    this.#text.rows = 1;
    this.#text.placeholder = "Say something";
    this.#text.ariaLabel = "Message";
    this.#problem.id = `${this.id}-problem`;
    this.#problem.role = "alert";
    this.#text.setAttribute("aria-describedby", this.#problem.id);
    this.#to.ariaLabel = "To whom";
    this.#to.append(optionOf("everyone", ""));
    form.append(this.#text, this.#to, send, this.#problem);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#say();
    });
    this.#text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#say();
    });
    return form;
  }

  #say(): void {
    const text = this.#text.value.trim();
    if (text === "") return;
    const to = this.#to.value === "" ? undefined : this.#to.value as NodeId;
    const problem = this.#listener.say(text, to);
    setText(this.#problem, problem ?? "");
    if (problem !== undefined) return;
    this.#text.value = "";
    this.#text.focus();
  }

  /** Notes what this node said itself. */
  addOwn(text: string, member: NoticeNode, aside: string): void {
    this.#log.addMessage({ member, text, at: Date.now(), aside });
    this.#log.scrollToEnd();
  }

  /** What to call somebody who was chosen as the one recipient. */
  get recipientName(): string {
    return this.#to.selectedOptions[0]?.textContent ?? "";
  }

  #memberItem(member: NoticeNode, isDirect: boolean): HTMLLIElement {
    const item = html("li");
    const isSelf = member.id === this.#self;
    item.title = member.id;
    item.append(
      colourDot(colourClass(member.id, this.#self)),
      html("span", "label", nameOf(member)),
    );
    const way = isSelf ? "you" : isDirect ? "direct" : "";
    if (way !== "") item.append(html("span", "way", way));
    return item;
  }

  /**
   * Whoever is chosen stays so, gone or not: what was meant for one must not go to all because that one
   * left a moment ago.
   */
  #updateRecipients(others: readonly NoticeNode[]): void {
    const [chosen] = this.#to.selectedOptions;
    const options = others.map((each) => optionOf(nameOf(each), each.id));
    this.#to.replaceChildren(optionOf("everyone", ""), ...options);
    if (chosen === undefined || chosen.value === "") return;
    const isThere = others.some(({ id }) => id === chosen.value);
    if (!isThere) this.#to.append(chosen);
    this.#to.value = chosen.value;
  }
}

function optionOf(text: string, value: string): HTMLOptionElement {
  const option = html("option", "", text);
  option.value = value;
  return option;
}
