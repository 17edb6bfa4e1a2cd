/** What can become of a message, as its sender is told. */

import { encodeUtf8 } from "../base/bytes.ts";
import type { NodeId } from "../base/node_id.ts";
import { MAX_MESSAGE_BYTES } from "../wire/limits.ts";
import type { Service } from "../wire/messaging.ts";

/** What a message holds: a text, or bytes of any kind. */
export type Content = string | Uint8Array;

/** How many bytes a message has that is larger than may be sent; undefined for all others. */
export function oversize(content: Content): number | undefined {
  // A UTF-16 unit takes at most three bytes of UTF-8, so few texts need to be counted.
  if (content.length * 3 <= MAX_MESSAGE_BYTES) return undefined;
  const bytes = typeof content === "string" ? encodeUtf8(content).length : content.length;
  return bytes > MAX_MESSAGE_BYTES ? bytes : undefined;
}

/** @throws {RangeError} when a message is larger than may be sent, or would not arrive as it is */
export function refuseUnsendable(content: Content): void {
  const bytes = oversize(content);
  if (bytes !== undefined) {
    throw new RangeError(`A message of ${bytes} bytes, wanted at most ${MAX_MESSAGE_BYTES}`);
  }
  if (typeof content === "string" && !content.isWellFormed()) {
    throw new RangeError(
      "A text with half a character, wanted whole ones: send other bytes as bytes",
    );
  }
}

/**
 * The end of every message, within its timeout.
 *
 * - `delivered`: the recipient has it, and has said so with its key.
 * - `no-route`: no chain of links leads there.
 * - `timed-out`: no word of it came back. It may have arrived, and the receipt been lost.
 * - `refused`: it was not taken, here (`by: "us"`) or at the recipient, for want of room.
 * - `cancelled`: this node left first.
 */
export type Outcome =
  | {
    type: "delivered";
    /** The nodes that it passed, from its sender to its recipient. */
    path: readonly NodeId[];
    /** From the moment it was first sent until its receipt came, in microseconds. */
    rttUs: number;
  }
  | { type: "no-route" }
  | { type: "timed-out" }
  | { type: "refused"; by: "us" | "them" }
  | { type: "cancelled" };

/** A message that came in for this node. */
export interface Received {
  from: NodeId;
  content: Content;
  /** A greeting says only that its sender is there; others are for a part of this node. */
  kind: "message" | "greeting" | Service;
}
