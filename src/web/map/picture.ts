/**
 * What a picture of the network consists of, worked out from the network, the places of its nodes and
 * the camera: where every node and link goes, which texts there is room for. The page draws it with
 * elements that it keeps, an export writes it down as text.
 */

import type { Camera, Size } from "./camera.ts";
import { roomFor, type Text, textWidth } from "./labels.ts";
import type { Layout, Point } from "./layout.ts";
import { sizesFor, type Warmth, warmthOf } from "./looks.ts";
import { linkKey, type MapLink, type MapNode, type Network } from "./network.ts";
import { type LinkOutline, linkOutline } from "./shapes.ts";
import { labelOf, portOf, rttOf, shortened, shortIdOf, STATE_WORDS } from "./words.ts";

/** Heights of texts, and where their middles are below a node's edge, in pixels. */
export const TEXTS = { label: 13, facts: 11, rtt: 11, labelBelow: 13, factsBelow: 28 } as const;

/** As many characters of a label as stand on the map; the rest is in the details. */
const LABEL_LENGTH = 20;

/** Between two links that lead opposite ways. */
const ASIDE = 4;

/** What stands below a node. */
export function nodeTexts(network: Network, node: MapNode): { label: string; facts: string } {
  const name = shortened(labelOf(network, node.id), LABEL_LENGTH);
  const { state } = node;
  return {
    label: state === "alive" ? name : `${name} · ${STATE_WORDS[state]}`,
    facts: [portOf(node), shortIdOf(node.id)].filter((text) => text !== "").join(" · "),
  };
}

/** What stands on a link. */
export function linkText(link: MapLink): string {
  return link.rtt_us === null ? "" : rttOf(link);
}

/** A link in its place. */
export interface DrawnLink extends LinkOutline {
  warmth: Warmth;
  width: number;
}

/** The places of all that is on the map, in pixels of the screen. */
export interface Picture {
  radius: number;
  nodes: ReadonlyMap<string, Point>;
  links: ReadonlyMap<string, DrawnLink>;
}

export function pictureOf(network: Network, layout: Layout, camera: Camera): Picture {
  const { radius, lines } = sizesFor(network.nodes.size);
  const nodes = new Map<string, Point>();
  for (const id of network.nodes.keys()) {
    const place = layout.place(id);
    if (place !== undefined) nodes.set(id, camera.toScreen(place));
  }
  const links = new Map<string, DrawnLink>();
  for (const [key, { from, to, rtt_us: rttUs }] of network.links) {
    const [begin, end] = [nodes.get(from), nodes.get(to)];
    if (begin === undefined || end === undefined) continue;
    const warmth = warmthOf(rttUs);
    const aside = network.links.has(linkKey({ from: to, to: from })) ? ASIDE : 0;
    const width = warmth.width * lines;
    links.set(key, { ...linkOutline(begin, end, radius, width, aside), warmth, width });
  }
  return { radius, nodes, links };
}

/** Names of texts, as {@linkcode chooseTexts} tells of them. */
export const textKey = {
  label: (id: string) => `label ${id}`,
  facts: (id: string) => `facts ${id}`,
  rtt: (link: string) => `rtt ${link}`,
};

/** What somebody looks at, whose texts go before all others. */
export interface Attention {
  nodes: ReadonlySet<string>;
  links: ReadonlySet<string>;
}

const STATE_WEIGHT = { own: 900, lost: 700, left: 400, alive: 0 } as const;
const WEIGHT = {
  attention: 1e4,
  near: 2_000,
  shape: 650,
  linked: 300,
  label: 200,
  facts: 100,
  rtt: 50,
};

/** With more links than this on the screen, their times would be a thicket, and only some are shown. */
const MANY_LINKS = 90;

/**
 * The texts that a picture has room for. No text covers a node, unless it is about one that matters
 * more than most: the own one, one that is lost, or one that somebody looks at.
 */
export function chooseTexts(
  network: Network,
  { radius, nodes, links }: Picture,
  attention: Attention,
  size: Size,
): Set<string> {
  const texts: Text[] = [];
  const degrees = new Map<string, number>();
  const near = new Set<string>();
  for (const { from, to } of network.links.values()) {
    degrees.set(from, (degrees.get(from) ?? 0) + 1);
    degrees.set(to, (degrees.get(to) ?? 0) + 1);
    if (attention.nodes.has(from)) near.add(to);
    if (attention.nodes.has(to)) near.add(from);
  }
  const isSeen = ({ x, y }: Point) => x > 0 && y > 0 && x < size.width && y < size.height;
  for (const [id, { x, y }] of nodes) {
    if (!isSeen({ x, y })) continue;
    const node = network.nodes.get(id) as MapNode;
    const { label, facts } = nodeTexts(network, node);
    const degree = Math.min(degrees.get(id) ?? 0, 99);
    const importance = degree + STATE_WEIGHT[node.state] +
      (attention.nodes.has(id) ? WEIGHT.attention : near.has(id) ? WEIGHT.near : 0);
    const line = (key: string, text: string, size: number, below: number, weight: number): Text => {
      const width = textWidth(text, size) + 4;
      return { key, x, y: y + radius + below, width, height: size + 3, weight };
    };
    texts.push(
      { key: id, x, y, width: 2 * radius, height: 2 * radius, weight: WEIGHT.shape },
      line(textKey.label(id), label, TEXTS.label, TEXTS.labelBelow, importance + WEIGHT.label),
      line(textKey.facts(id), facts, TEXTS.facts, TEXTS.factsBelow, importance / 10 + WEIGHT.facts),
    );
  }
  const seen = [...links].filter(([, { middle }]) => isSeen(middle));
  for (const [key, { middle, length }] of seen) {
    const link = network.links.get(key) as MapLink;
    const width = textWidth(linkText(link), TEXTS.rtt) + 4;
    if (width <= 4 || length < width + 16) continue;
    const isLooked = attention.links.has(key);
    const isNear = attention.nodes.has(link.from) || attention.nodes.has(link.to);
    if (seen.length > MANY_LINKS && !isLooked && !isNear) continue;
    const weight = WEIGHT.rtt + (isLooked ? WEIGHT.attention : isNear ? WEIGHT.linked : 0);
    texts.push({ key: textKey.rtt(key), ...middle, width, height: TEXTS.rtt + 3, weight });
  }
  const chosen = roomFor(texts);
  // Facts with no label above them would belong to nobody.
  for (const id of nodes.keys()) {
    if (!chosen.has(textKey.label(id))) chosen.delete(textKey.facts(id));
  }
  return chosen;
}
