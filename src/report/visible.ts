/**
 * Text from strangers, made safe to show. Labels and reasons come from other nodes: in a log line
 * they could start a line of their own or drive the terminal, in a diagram they could break its
 * markup. Characters that act instead of being seen are therefore written out.
 */

import { type NodeId, shortId } from "../base/node_id.ts";

/** A node as far as naming it takes. */
export interface Named {
  id: NodeId;
  label: string;
}

/**
 * `text` with every character that acts rather than shows written as `\u{…}`: controls (line ends and
 * terminal escapes among them), line and paragraph separators, marks that reverse the reading
 * direction, lone surrogates and code points that no document may hold.
 */
export function visible(text: string): string {
  return text.replace(ACTING, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);
}

const ACTING = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\p{Noncharacter_Code_Point}]/gu;

/** The label of a node, visible; its short id where it has none. */
export function nodeLabel({ id, label }: Named): string {
  return visible(label.trim()) || shortId(id);
}

/** The label of a node with its short id, for labels are not unique: `alice (abcdefgh)`. */
export function nodeName(node: Named): string {
  const label = nodeLabel(node);
  const short = shortId(node.id);
  return label === short ? short : `${label} (${short})`;
}
