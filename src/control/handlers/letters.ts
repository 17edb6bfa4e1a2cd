/** Messages to one node and to all. */

import type { Outcome } from "../../messaging/outcome.ts";
import type { Handler } from "../handler.ts";
import type { Result } from "../methods.ts";
import { readContent, showOutcome } from "./content.ts";
import { isSelf } from "./links.ts";

/**
 * What is said of a message whose sender stops waiting for it: no word of it has come back, and
 * it may still arrive.
 */
const GIVEN_UP: Outcome = { type: "timed-out" };

export const send: Handler<"send"> = ({ node, peers }, params, answer) => {
  const to = peers.find(params.peer);
  if (to.id === peers.self.id) throw isSelf(peers.self, "send", "another node");
  const content = readContent(params, "send");
  node.send(
    { to: to.id, content, timeoutMs: params.timeout_ms },
    (outcome) => answer.result(showOutcome(to, outcome, peers)),
  );
  return { stop: () => {}, resultSoFar: () => showOutcome(to, GIVEN_UP, peers) };
};

/** Nodes that are lost or have left are not written to: no route leads there. */
export const broadcast: Handler<"broadcast"> = ({ node, peers }, params, answer) => {
  const content = readContent(params, "broadcast");
  const recipients = node.snapshot().nodes.filter(({ state }) => state === "alive");
  const outcomes = new Map<string, Outcome>();
  const resultSoFar = (): Result<"broadcast"> => ({
    delivered: [...outcomes.values()].filter(({ type }) => type === "delivered").length,
    outcomes: recipients.map((to) => showOutcome(to, outcomes.get(to.id) ?? GIVEN_UP, peers)),
  });
  for (const { id } of recipients) {
    node.send({ to: id, content, timeoutMs: params.timeout_ms }, (outcome) => {
      outcomes.set(id, outcome);
      if (outcomes.size === recipients.length) answer.result(resultSoFar());
    });
  }
  if (recipients.length === 0) answer.result(resultSoFar());
  return { stop: () => {}, resultSoFar };
};
