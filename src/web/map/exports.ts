/** The network as it is shown, as files that people take away. */

import { viewsOf } from "../../control/map_views.ts";
import { peersD2 } from "../../report/d2.ts";
import { Camera, type Size } from "./camera.ts";
import type { Layout } from "./layout.ts";
import type { Network } from "./network.ts";
import { palette, type Theme } from "./palette.ts";
import { chooseTexts, linkText, nodeTexts, pictureOf, textKey, TEXTS } from "./picture.ts";
import { nodeOutline } from "./shapes.ts";
import { nameOf } from "./words.ts";

/** As `area-net map --json` prints it, with the time at which it was so. */
export function toJson(network: Network): string {
  return `${JSON.stringify({ version: 1, at: network.at, ...network.toMap() }, null, 2)}\n`;
}

/** As `area-net map --d2` prints it, with the time besides. */
export function toD2(network: Network): string {
  return peersD2(viewsOf(network.toMap()), { changedAtMs: network.at });
}

/** A picture of all of it, in which nothing has to be looked up elsewhere. */
export function toSvg(network: Network, layout: Layout, theme: Theme): string {
  const size = sizeFor(network.nodes.size);
  const camera = new Camera();
  camera.fit([...network.nodes.keys()].flatMap((id) => layout.place(id) ?? []), size);
  const picture = pictureOf(network, layout, camera);
  const texts = chooseTexts(network, picture, { nodes: new Set(), links: new Set() }, size);
  const colours = palette(theme);
  const text = (x: number, y: number, height: number, colour: string, words: string) =>
    `<text x="${x.toFixed(1)}" y="${(y + height * 0.35).toFixed(1)}" font-size="${height}" ` +
    `fill="${colour}" stroke="${colours.ground}">${escaped(words)}</text>`;
  const links = [...picture.links].map(([key, { line, head, middle, warmth, width }]) => {
    const link = network.links.get(key);
    const dash = link?.claimed_by === "both" ? "" : ' stroke-dasharray="6 4"';
    const colour = colours[warmth.name as keyof typeof colours];
    const words = link === undefined || !texts.has(textKey.rtt(key))
      ? ""
      : text(middle.x, middle.y, TEXTS.rtt, colours.muted, linkText(link));
    return `<path d="${line}" fill="none" stroke="${colour}" stroke-width="${width}"${dash}/>` +
      `<path d="${head}" fill="${colour}"/>${words}`;
  });
  const nodes = [...picture.nodes].map(([id, { x, y }]) => {
    const node = network.nodes.get(id);
    if (node === undefined) return "";
    const { label, facts } = nodeTexts(network, node);
    const colour = colours[node.state];
    const look = node.state === "left"
      ? `fill="${colours.ground}" stroke="${colour}" stroke-width="2" stroke-dasharray="3 3"`
      : `fill="${colour}"`;
    const below = y + picture.radius;
    return `<path transform="translate(${x.toFixed(1)} ${y.toFixed(1)})" ` +
      `d="${nodeOutline(node.state, picture.radius)}" ${look}/>` +
      (texts.has(textKey.label(id))
        ? text(x, below + TEXTS.labelBelow, TEXTS.label, colours.text, label)
        : "") +
      (texts.has(textKey.facts(id))
        ? text(x, below + TEXTS.factsBelow, TEXTS.facts, colours.muted, facts)
        : "");
  });
  const title = `The network as ${nameOf(network, network.self)} saw it on ` +
    new Date(network.at).toISOString();
  const { width, height } = size;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ` +
    `width="${width}" height="${height}" font-family="system-ui, sans-serif" text-anchor="middle" ` +
    'stroke-width="3" stroke-linejoin="round" paint-order="stroke">',
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" fill="${colours.ground}"/>`,
    ...links,
    ...nodes,
    "</svg>",
    "",
  ].join("\n");
}

/** Room enough that texts do not have to stay away, within reason. */
function sizeFor(nodeCount: number): Size {
  const side = Math.round(Math.min(4000, Math.max(640, 170 * Math.sqrt(nodeCount))));
  return { width: Math.round(side * 1.25), height: side };
}

/** For the inside of elements: labels come from strangers. */
function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
