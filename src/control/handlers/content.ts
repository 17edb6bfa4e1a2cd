/** What a message holds, between the core's types and JSON. */

import { type Content, type Outcome, oversize } from "../../messaging/outcome.ts";
import type { Named } from "../../report/visible.ts";
import { ControlError } from "../client.ts";
import type { PeerFinder } from "../find_peer.ts";
import { type ErrorCode, MAX_MESSAGE_BYTES, type Result } from "../methods.ts";

/** What a message is to hold, in the parameters of a method. */
export interface ContentParams {
  text?: string | undefined;
  data?: string | undefined;
}

/**
 * The content that a caller wants to send.
 *
 * @throws {ControlError} when there is none, or two, or too much
 */
export function readContent({ text, data }: ContentParams, method: string): Content {
  if (text !== undefined && data !== undefined) {
    throw refusal("bad-request", `Both text and data were given to ${method}, wanted one of them`);
  }
  if (text !== undefined) {
    if (!text.isWellFormed()) {
      const advice = "wanted whole ones: send other bytes as data";
      throw refusal("bad-request", `Parameter text of ${method} holds half a character, ${advice}`);
    }
    return limit(text);
  }
  if (data === undefined) {
    throw refusal(
      "bad-request",
      `Neither text nor data was given to ${method}, wanted one of them`,
    );
  }
  return limit(Uint8Array.fromBase64(data));
}

/** The content of a message that came, as its receiver is shown it. */
export function showContent(content: Content): { text: string } | { data: string } {
  return typeof content === "string" ? { text: content } : { data: content.toBase64() };
}

/** What became of a message, as its sender is told. */
export function showOutcome(to: Named, outcome: Outcome, peers: PeerFinder): Result<"send"> {
  const node = { id: to.id, label: to.label };
  switch (outcome.type) {
    case "delivered":
      return {
        to: node,
        outcome: "delivered",
        path: outcome.path.map((id) => peers.name(id)),
        rtt_us: Math.round(outcome.rttUs),
      };
    case "no-route":
      return { to: node, outcome: "no route" };
    case "timed-out":
      return { to: node, outcome: "timed out" };
    case "refused":
      return {
        to: node,
        outcome: outcome.by === "us" ? "refused: queue full" : "refused: recipient's queue full",
      };
    case "cancelled":
      return { to: node, outcome: "cancelled: this node left" };
    default:
      return outcome satisfies never;
  }
}

/** @throws {ControlError} when a message is too large to send */
function limit(content: Content): Content {
  const bytes = oversize(content);
  if (bytes === undefined) return content;
  throw refusal(
    "too-large",
    `The message has ${bytes} bytes, wanted at most ${MAX_MESSAGE_BYTES}: send it in parts`,
  );
}

function refusal(code: ErrorCode, message: string): ControlError {
  return new ControlError({ code, message });
}
