/** The panel with all that is known of one node or one link. */

import { linkKey, type MapLink, type Network } from "../network.ts";
import { claimOf, labelOf, nameOf, rttOf, STATE_WORDS } from "../words.ts";
import { byId, html, setText, within } from "./dom.ts";
import { type Row, Rows } from "./rows.ts";

/** What somebody does in the panel. */
export interface DetailsListener {
  pickNode(id: string): void;
  close(): void;
}

/** One fact; `kind` is a class for how it looks. */
interface Fact {
  name: string;
  value: string;
  kind?: string;
}

export class Details {
  readonly #panel = byId("details", HTMLElement);
  readonly #title = byId("details-title", HTMLHeadingElement);
  readonly #facts = byId("details-facts", HTMLDListElement);
  readonly #heading = byId("details-links-title", HTMLHeadingElement);
  readonly #table = byId("details-links", HTMLTableElement);
  readonly #neighbours: Rows;
  /** The facts' names as they stand. */
  #names = "";

  /** The node that is shown. */
  #node: string | undefined;

  constructor({ pickNode, close }: DetailsListener) {
    const body = within(this.#table, "tbody", HTMLTableSectionElement);
    this.#neighbours = new Rows(body, (link) => {
      const other = link.split(">").find((id) => id !== this.#node);
      if (other !== undefined) pickNode(other);
    });
    byId("details-close", HTMLButtonElement).addEventListener("click", close);
  }

  /** Shows a node or a link, or nothing; what is not on the map at this time is said to be so. */
  sync(network: Network, node: string | undefined, link: string | undefined): void {
    this.#panel.hidden = node === undefined && link === undefined;
    this.#node = node;
    if (node !== undefined) this.#showNode(network, node);
    else if (link !== undefined) this.#showLink(network, link);
  }

  focus(): void {
    this.#panel.focus({ preventScroll: true });
  }

  #showNode(network: Network, id: string): void {
    const node = network.nodes.get(id);
    const links = network.linksOf(id);
    setText(this.#title, labelOf(network, id));
    this.#show([
      {
        name: "State",
        value: node === undefined ? "not on the map then" : STATE_WORDS[node.state],
      },
      { name: "Address", value: node?.addr ?? "none is known" },
      { name: "Id", value: id, kind: "id" },
    ]);
    setText(this.#heading, links.length === 0 ? "No links" : `Links (${links.length})`);
    this.#heading.hidden = false;
    this.#table.hidden = links.length === 0;
    this.#neighbours.sync(links.map((each) => neighbourRow(network, id, each)).sort(byName));
  }

  #showLink(network: Network, key: string): void {
    const link = network.links.get(key);
    const [from = "", to = ""] = key.split(">");
    setText(this.#title, `${labelOf(network, from)} → ${labelOf(network, to)}`);
    this.#show([
      { name: "RTT", value: link === undefined ? "not on the map then" : rttOf(link) },
      { name: "Claimed by", value: link === undefined ? "–" : claimOf(network, link) },
      { name: "Dialled by", value: nameOf(network, from) },
      { name: "Listening", value: nameOf(network, to) },
    ]);
    this.#heading.hidden = true;
    this.#table.hidden = true;
  }

  #show(facts: readonly Fact[]): void {
    const names = facts.map(({ name }) => name).join();
    if (names !== this.#names) {
      this.#names = names;
      this.#facts.replaceChildren(
        ...facts.flatMap(({ name, kind = "" }) => [html("dt", "", name), html("dd", kind)]),
      );
    }
    for (const [at, value] of this.#facts.querySelectorAll("dd").entries()) {
      setText(value, facts[at]?.value ?? "");
    }
  }
}

function neighbourRow(network: Network, id: string, link: MapLink): Row {
  const isOut = link.from === id;
  const other = isOut ? link.to : link.from;
  return {
    // Not the node: there may be two links with one.
    key: linkKey(link),
    cells: [
      nameOf(network, other),
      isOut ? "outgoing" : "incoming",
      rttOf(link),
      claimOf(network, link),
    ],
    className: "",
  };
}

function byName(a: Row, b: Row): number {
  return (a.cells[0] ?? "").localeCompare(b.cells[0] ?? "");
}
