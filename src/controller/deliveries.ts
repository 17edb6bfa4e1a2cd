/** What comes of letters that arrived or came to their end, as effects. */

import type { MessagingEvent } from "../messaging/messaging.ts";
import type { Topology } from "../topology/topology.ts";
import type { Effect } from "./effect.ts";

/**
 * The effects of what happened, in order.
 *
 * @param wallMs the time in milliseconds since 1970
 */
export function deliveries(
  events: readonly MessagingEvent[],
  topology: Pick<Topology, "get">,
  wallMs: number,
): Effect[] {
  return events.map((event) => {
    if (event.type === "outcome") return { ...event, type: "settle" };
    const { from, kind, content } = event.received;
    const label = topology.get(from)?.label ?? "";
    return kind === "greeting"
      ? { type: "tell", notice: { type: "greeted", node: { id: from, label } } }
      : { type: "deliver", message: { from, label, content, at: Math.floor(wallMs) } };
  });
}
