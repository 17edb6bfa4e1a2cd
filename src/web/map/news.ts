/**
 * A change of the network in the words of somebody who watches it: who came, who was lost, which link
 * is gone. Round trips change all the time and are no news.
 */

import { type Change, linkKey, type Network, type NodeState } from "./network.ts";
import { counted, labelOf } from "./words.ts";

/** How much a piece of news matters, which gives its colour. */
export type Tone = "good" | "bad" | "plain";

/** One thing that happened. */
export interface News {
  at: number;
  tone: Tone;
  text: string;
  /** The nodes it is about. */
  nodes: readonly string[];
}

/** What happened to a node, by what it is now. */
const EVENTS: Record<NodeState, { was: string; many: string; tone: Tone }> = {
  own: { was: "is this node", many: "started", tone: "plain" },
  alive: { was: "is back", many: "back", tone: "good" },
  lost: { was: "was lost", many: "lost", tone: "bad" },
  left: { was: "left", many: "left", tone: "plain" },
};

/** From so many things of one kind on, they are counted and not named. */
const MANY = 4;

/**
 * What a change brings, of which some may be told in one.
 *
 * @param before the network that it has not been applied to yet
 */
export function newsOf(before: Network, change: Change): News[] {
  const { at } = change;
  const appeared: string[] = [];
  const turned = new Map<NodeState, string[]>();
  const labels = new Map(change.nodes.map(({ id, label }) => [id, label]));
  const name = (id: string) => labelOf(before, id, labels.get(id));
  const renamed: News[] = [];
  for (const { id, label, state } of change.nodes) {
    const old = before.nodes.get(id);
    if (old === undefined) appeared.push(id);
    else if (old.state !== state) turned.set(state, [...turned.get(state) ?? [], id]);
    else if (old.label !== label) {
      const text = `${labelOf(before, id)} is called ${name(id)} now`;
      renamed.push({ at, tone: "plain", text, nodes: [id] });
    }
  }
  const made = change.links.filter((link) => !before.links.has(linkKey(link)));
  const linkName = ({ from, to }: { from: string; to: string }) => `${name(from)} → ${name(to)}`;
  const told = (ids: readonly string[], what: string, many: string, tone: Tone): News[] =>
    ids.length < MANY
      ? ids.map((id) => ({ at, tone, text: `${name(id)} ${what}`, nodes: [id] }))
      : [{ at, tone, text: `${counted(ids.length, "node")} ${many}`, nodes: ids }];
  const toldLinks = (
    links: readonly { from: string; to: string }[],
    what: string,
    tone: Tone,
  ): News[] =>
    links.length < MANY
      ? links.map((link) => ({
        at,
        tone,
        text: `link ${linkName(link)} ${what}`,
        nodes: [link.from, link.to],
      }))
      : [{ at, tone, text: `${counted(links.length, "link")} ${what}`, nodes: [] }];
  return [
    ...told(appeared, "appeared", "appeared", "good"),
    ...[...turned].flatMap(([state, ids]) => {
      const { was, many, tone } = EVENTS[state];
      return told(ids, was, many, tone);
    }),
    ...renamed,
    ...told(change.gone_nodes, "was forgotten", "forgotten", "plain"),
    ...toldLinks(made, made.length < MANY ? "is new" : "are new", "good"),
    ...toldLinks(
      change.gone_links,
      change.gone_links.length < MANY ? "is gone" : "are gone",
      "bad",
    ),
  ];
}

/** Several pieces of news in one sentence, for those who listen to the page. */
export function summaryOf(news: readonly News[]): string {
  const shown = news.slice(0, MANY).map(({ text }) => text).join("; ");
  return news.length <= MANY ? shown : `${shown}; and ${news.length - MANY} more changes`;
}
