/** The joined rooms as tabs, and the form that joins one more. */

import { byId, html, setText } from "../map/page/dom.ts";

/** What people do with the list. */
export interface RoomListListener {
  /** Joins a room; answers what is wrong with its name, if anything is. */
  join(name: string): string | undefined;
  select(name: string): void;
}

interface Entry {
  tab: HTMLButtonElement;
  count: HTMLSpanElement;
  badge: HTMLSpanElement;
  unread: number;
  members: number;
}

export class RoomList {
  readonly #listener: RoomListListener;
  readonly #list = byId("room-list", HTMLElement);
  readonly #field = byId("room", HTMLInputElement);
  readonly #entries = new Map<string, Entry>();
  #selected: string | undefined;

  constructor(listener: RoomListListener) {
    this.#listener = listener;
    const problem = byId("join-problem", HTMLElement);
    byId("join", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      const objection = listener.join(this.#field.value.trim());
      setText(problem, objection ?? "");
      this.#field.ariaInvalid = String(objection !== undefined);
      if (objection === undefined) this.#field.value = "";
    });
    this.#list.addEventListener("keydown", (event) => this.#walk(event));
  }

  /** Puts the cursor where one types a room's name. */
  focus(): void {
    this.#field.focus();
  }

  /** @param panel the id of the element that shows the room */
  add(name: string, panel: string): void {
    const tab = html("button");
    tab.type = "button";
    tab.role = "tab";
    tab.setAttribute("aria-controls", panel);
    const badge = html("span", "unread");
    badge.hidden = true;
    const count = html("span", "count");
    tab.append(html("span", "title", name), count, badge);
    tab.addEventListener("click", () => this.#listener.select(name));
    this.#entries.set(name, { tab, count, badge, unread: 0, members: 0 });
    const later = [...this.#entries].filter(([other]) => other > name);
    const [next] = later.map(([, entry]) => entry.tab).filter((each) => each.isConnected);
    this.#list.insertBefore(tab, next ?? null);
    this.#mark();
  }

  remove(name: string): void {
    this.#entries.get(name)?.tab.remove();
    this.#entries.delete(name);
  }

  /** Shows which room is looked at, and so read. */
  select(name: string | undefined): void {
    this.#selected = name;
    this.setUnread(name ?? "", 0);
    this.#mark();
  }

  setMembers(name: string, members: number): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    entry.members = members;
    setText(entry.count, String(members));
    describe(name, entry);
  }

  /** Somebody spoke in a room that nobody looks at. */
  addUnread(name: string): void {
    this.setUnread(name, (this.#entries.get(name)?.unread ?? 0) + 1);
  }

  setUnread(name: string, unread: number): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    entry.unread = unread;
    setText(entry.badge, String(unread));
    entry.badge.hidden = unread === 0;
    entry.count.hidden = unread > 0;
    describe(name, entry);
  }

  /** Messages that nobody has looked at, in all rooms. */
  get unread(): number {
    return [...this.#entries.values()].reduce((sum, { unread }) => sum + unread, 0);
  }

  /** One of the tabs is reached by the tabulator, the others by arrows (WAI-ARIA, tabs pattern). */
  #mark(): void {
    for (const [name, { tab }] of this.#entries) {
      const isSelected = name === this.#selected;
      tab.ariaSelected = String(isSelected);
      tab.tabIndex = isSelected ? 0 : -1;
    }
  }

  #walk(event: KeyboardEvent): void {
    const tabs = [...this.#list.children];
    const at = tabs.findIndex((tab) => tab === document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    const tab = to === undefined ? undefined : tabs.at(to % tabs.length);
    if (!(tab instanceof HTMLElement) || at < 0) return;
    event.preventDefault();
    tab.focus();
    tab.click();
  }
}

function describe(name: string, { tab, unread, members }: Entry): void {
  const there = `${members} ${members === 1 ? "member" : "members"}`;
  tab.ariaLabel = unread === 0 ? `${name}, ${there}` : `${name}, ${there}, ${unread} unread`;
}
