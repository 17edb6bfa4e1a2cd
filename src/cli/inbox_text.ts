/** Messages that came in, for people. */

import type { EventOf } from "../control/methods.ts";
import { visible } from "../report/visible.ts";
import { formatBytes, formatTime } from "./format.ts";
import { nameOf } from "./names.ts";

/** A message that came in, as the control API tells of it. */
export type InboxMessage = EventOf<"inbox">;

/** When it came, from whom, and what it says: the cells of a row, with nothing that acts. */
export function messageCells(message: InboxMessage): [string, string, string] {
  return [formatTime(message.at), nameOf(message.from), contentText(message)];
}

/** The same in one line. */
export function messageLine(message: InboxMessage): string {
  return `${messageCells(message).join("  ")}\n`;
}

/** What a message says, in one line with nothing that acts; data is told by its size. */
export function contentText({ text, data }: Pick<InboxMessage, "text" | "data">): string {
  if (data !== undefined) return `(${formatBytes(bytesIn(data))} of data)`;
  // What was piped into "send" ends with a line end, which says nothing.
  return visible((text ?? "").replace(/\r?\n$/, ""));
}

/** Bytes that a text in base64 stands for. */
function bytesIn(base64: string): number {
  return Math.floor((base64.replace(/=+$/, "").length * 3) / 4);
}
