/** What every text in the D2 language needs: strings that stay strings, and keys that mean nothing. */

import { type NodeId, shortId } from "../base/node_id.ts";

/** A D2 string in double quotes: only `\`, `"` and `$` (substitution) have a meaning inside. */
export function quoted(text: string): string {
  return `"${text.replace(/[\\"$]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}

/** The end of a line that gives what it draws a class. */
export function ofClass(name: string | undefined): string {
  return name === undefined ? "" : ` {class: ${name}}`;
}

/**
 * Words of D2 that a node id, being base32, could begin with. Ids are hashes, but eight characters of
 * one can be found by trying, and a key like `scenarios` would make the whole diagram vanish.
 */
const KEYWORDS = new Set([
  "animated",
  "constraint",
  "direction",
  "multiple",
  "scenarios",
  "underline",
]);

/** A key for each id: its short form, longer where another id or a word of D2 begins the same way. */
export function nodeKeys(ids: Iterable<NodeId>): Map<NodeId, string> {
  const sorted = [...new Set(ids)].sort();
  const keys = new Map<NodeId, string>();
  for (const [at, id] of sorted.entries()) {
    const taken = (key: string) =>
      // Among sorted texts, one that shares a beginning is always next to it.
      sorted[at - 1]?.startsWith(key) || sorted[at + 1]?.startsWith(key) || KEYWORDS.has(key);
    let length = shortId(id).length;
    while (length < id.length && taken(id.slice(0, length))) length++;
    keys.set(id, id.slice(0, length));
  }
  return keys;
}
