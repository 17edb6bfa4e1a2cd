/**
 * The two sides of a member. A line grows at one end: each member's head meets the tail of the one that
 * came after it.
 *
 *     first  H ─── T  second  H ─── T  third  H      where the next one will be
 */

/** A side of a member, and the socket that serves it: `tail` for the earlier, `head` for the later. */
export type Side = "head" | "tail";

/** Both, in the order of the line. */
export const SIDES: readonly Side[] = ["tail", "head"];

/** Head for tail, tail for head. */
export function opposite(side: Side): Side {
  return side === "head" ? "tail" : "head";
}

/**
 * Names a member for as long as it keeps its place: 16 hexadecimal digits, drawn anew whenever it joins.
 */
export type MemberId = string & { readonly __brand: "MemberId" };
