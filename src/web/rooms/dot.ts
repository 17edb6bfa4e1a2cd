/** The coloured dot that tells members apart at a glance, beside their names and never instead of them. */

import type { NodeId } from "../../base/node_id.ts";
import { html } from "../map/page/dom.ts";
import { colourOf } from "./words.ts";

/** Colours of the palette that stand well apart. */
const COLOURS = 5;

/** The class that gives a node its colour. */
export function colourClass(id: NodeId, self: NodeId): string {
  return id === self ? "dot-self" : `dot-${colourOf(id, COLOURS)}`;
}

/** A dot of a colour, which says nothing that is not said in words. */
export function colourDot(className: string): HTMLSpanElement {
  const dot = html("span", `dot ${className}`);
  dot.ariaHidden = "true";
  return dot;
}
