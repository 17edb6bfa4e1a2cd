/** Which nodes a search means. */

import { visible } from "../../report/visible.ts";
import type { MapNode } from "./network.ts";
import { STATE_WORDS } from "./words.ts";

/**
 * Whether a node fits every word of the search: by its label, the beginning of its id, its address or
 * its state. A search for nothing fits all.
 */
export function fits(search: string, { id, label, addr, state }: MapNode): boolean {
  const words = search.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return true;
  // As it is shown, and as it is.
  const texts = [label, visible(label), addr ?? ""].map((text) => text.toLowerCase());
  const word = STATE_WORDS[state];
  return words.every((wanted) =>
    texts.some((text) => text.includes(wanted)) || id.startsWith(wanted) || word.startsWith(wanted)
  );
}
