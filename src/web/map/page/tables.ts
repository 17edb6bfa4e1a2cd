/**
 * The facts as tables beside the drawing, for eyes, keyboards and screen readers: every node, every
 * link, and what happened last. Only the table that is shown is kept up to date.
 */

import { linkKey, type Network } from "../network.ts";
import type { News } from "../news.ts";
import { claimOf, labelOf, nameOf, rttOf, STATE_WORDS, timeOfDay } from "../words.ts";
import { byId, html, within } from "./dom.ts";
import type { Highlights } from "./stage.ts";
import { type Row, Rows } from "./rows.ts";

/** What somebody chose in a table. */
export interface TableListener {
  pickNode(id: string): void;
  pickLink(key: string): void;
  /** A table came to light that may be out of date. */
  turned(): void;
}

const TABS = ["nodes", "links", "news"] as const;
type Tab = typeof TABS[number];

/** Pieces of news that are kept. */
const MOST_NEWS = 200;

export class Tables {
  readonly #nodes: Rows;
  readonly #links: Rows;
  readonly #news = byId("news", HTMLOListElement);
  readonly #listener: TableListener;
  #shown: Tab = "nodes";

  constructor(listener: TableListener) {
    this.#listener = listener;
    const bodyOf = (table: string) => within(document, `#${table} tbody`, HTMLTableSectionElement);
    this.#nodes = new Rows(bodyOf("nodes"), (id) => listener.pickNode(id));
    this.#links = new Rows(bodyOf("links"), (key) => listener.pickLink(key));
    for (const tab of TABS) {
      const button = byId(`tab-${tab}`, HTMLButtonElement);
      button.addEventListener("click", () => this.#turn(tab));
      button.addEventListener("keydown", (event) => this.#step(event, tab));
    }
  }

  sync(network: Network, { selectedNode, selectedLink, found }: Highlights): void {
    if (this.#shown === "nodes") this.#nodes.sync(nodeRows(network, selectedNode, found));
    if (this.#shown === "links") this.#links.sync(linkRows(network, selectedLink, found));
  }

  /** Adds what happened, the latest on top. */
  tell(news: readonly News[]): void {
    for (const { at, tone, text } of news) {
      const item = html("li", tone);
      const time = html("time", "", timeOfDay(at));
      time.dateTime = new Date(at).toISOString();
      item.append(time, html("span", "", text));
      this.#news.prepend(item);
    }
    while (this.#news.childElementCount > MOST_NEWS) this.#news.lastElementChild?.remove();
  }

  /** Forgets what happened, since it will be told again. */
  clearNews(): void {
    this.#news.replaceChildren();
  }

  #turn(shown: Tab): void {
    this.#shown = shown;
    for (const tab of TABS) {
      const button = byId(`tab-${tab}`, HTMLButtonElement);
      button.setAttribute("aria-selected", String(tab === shown));
      button.tabIndex = tab === shown ? 0 : -1;
      byId(`panel-${tab}`, HTMLElement).hidden = tab !== shown;
    }
    this.#listener.turned();
  }

  #step({ key }: KeyboardEvent, tab: Tab): void {
    const by = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
    const next = TABS[(TABS.indexOf(tab) + by + TABS.length) % TABS.length];
    if (by === 0 || next === undefined) return;
    this.#turn(next);
    byId(`tab-${next}`, HTMLButtonElement).focus();
  }
}

const ORDER = new Intl.Collator(undefined, { numeric: true });

function nodeRows(
  network: Network,
  selected: string | undefined,
  found: ReadonlySet<string> | undefined,
): Row[] {
  const degrees = new Map<string, number>();
  for (const { from, to } of network.links.values()) {
    degrees.set(from, (degrees.get(from) ?? 0) + 1);
    degrees.set(to, (degrees.get(to) ?? 0) + 1);
  }
  return [...network.nodes.values()]
    .filter(({ id }) => found === undefined || found.has(id))
    .map(({ id, state, addr }) => ({
      key: id,
      cells: [nameOf(network, id), STATE_WORDS[state], addr ?? "–", String(degrees.get(id) ?? 0)],
      className: id === selected ? `${state} selected` : state,
    }))
    .sort((a, b) => ORDER.compare(a.cells[0] ?? "", b.cells[0] ?? ""));
}

function linkRows(
  network: Network,
  selected: string | undefined,
  found: ReadonlySet<string> | undefined,
): Row[] {
  return [...network.links.values()]
    .filter(({ from, to }) => found === undefined || found.has(from) || found.has(to))
    .map((link) => ({
      key: linkKey(link),
      cells: [
        labelOf(network, link.from),
        labelOf(network, link.to),
        rttOf(link),
        claimOf(network, link),
      ],
      className: linkKey(link) === selected ? "selected" : "",
    }))
    .sort((a, b) => ORDER.compare(a.cells.slice(0, 2).join(" "), b.cells.slice(0, 2).join(" ")));
}
