/** What became of a message, in words, and what to do about it. */

import type { Result } from "../control/methods.ts";
import { formatMicros } from "./format.ts";
import { nameOf } from "./names.ts";

type SendResult = Result<"send">;

/** `Delivered to erin (abcdefgh) in 1.2 ms`. */
export function deliveryText({ to, rtt_us: rttUs }: SendResult): string {
  return `Delivered to ${nameOf(to)}${rttUs === undefined ? "" : ` in ${formatMicros(rttUs)}`}`;
}

/**
 * Why a message was not delivered.
 *
 * @param prefix the beginning of a command that people could give next
 */
export function failureText({ to, outcome }: SendResult, prefix: string): string {
  const what = `Not delivered to ${nameOf(to)}: ${outcome}`;
  switch (outcome) {
    case "delivered":
      return deliveryText({ to, outcome });
    case "no route":
      return `${what}. No chain of links leads there now, ${prefix}map shows those that are up`;
    case "timed out":
      return `${what}. It may have arrived, and its receipt been lost; --timeout 30s waits longer`;
    case "refused: queue full":
      return `${what}. Wait until earlier messages have arrived, or raise ` +
        "network.controller.messages.max_queue_per_peer or max_queue of this node";
    case "refused: recipient's queue full":
      return `${what}. It takes more once somebody there has read its inbox`;
    case "cancelled: this node left":
      return what;
    default:
      // A node of a later version may tell of outcomes that this program does not know.
      outcome satisfies never;
      return what;
  }
}
