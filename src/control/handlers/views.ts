/** What a node knows, in the shapes of the control API: status, peers and map. */

import type { NodeId } from "../../base/node_id.ts";
import type { Cancel } from "../../base/ports.ts";
import type { LinkView, NodeState, NodeView, Snapshot } from "../../controller/snapshot.ts";
import type { Context, Handler } from "../handler.ts";
import type { Result } from "../methods.ts";

/** How often a watched view is looked at; twice a second looks live and costs next to nothing. */
const WATCH_PERIOD_MS = 500;

export const status: Handler<"status"> = ({ node, version }, _params, answer) => {
  const snapshot = node.snapshot();
  const { self, nodes, peers, listen, startedAt, wallOffsetMs, traffic, messages } = snapshot;
  const own = nodes.find(({ id }) => id === self);
  const countNodes = (wanted: NodeState) => nodes.filter(({ state }) => state === wanted).length;
  const countLinks = (wanted: "outgoing" | "incoming") =>
    peers.filter(({ direction }) => direction === wanted).length;
  answer.result({
    id: self,
    label: own?.label ?? "",
    program: version,
    listen: listen ?? null,
    addresses: [...own?.addresses ?? []],
    since: Math.round(startedAt + wallOffsetMs),
    links: { outgoing: countLinks("outgoing"), incoming: countLinks("incoming") },
    nodes: { alive: countNodes("alive"), lost: countNodes("failed"), left: countNodes("left") },
    traffic: { in_bytes: traffic.inBytes, out_bytes: traffic.outBytes },
    messages: {
      sent: messages.sent,
      delivered: messages.delivered,
      received: messages.received,
      relayed: messages.relayed,
      refused: messages.refused,
      rejected: messages.rejected,
      unread: node.unread(),
    },
    refused_advertisements: snapshot.refusedAdvertisements,
  });
};

export const peers: Handler<"peers"> = (context, { watch }, answer) =>
  show(context, watch, peersOf, answer);

export const map: Handler<"map"> = (context, { watch }, answer) =>
  show(context, watch, mapOf, answer);

/** Answers with a view at once, or with an event for each change until the call is cancelled. */
function show<Shape>(
  { node, clock }: Context,
  watch: boolean,
  shapeOf: (snapshot: Snapshot) => Shape,
  answer: { event(shape: Shape): void; result(shape: Shape): void },
): { stop(): void; resultSoFar(): Shape } | void {
  const look = () => shapeOf(node.snapshot());
  if (!watch) return answer.result(look());
  let last: string | undefined;
  let cancel: Cancel = () => {};
  const lookAgain = () => {
    const shape = look();
    const text = JSON.stringify(shape);
    cancel = clock.wakeAt(clock.now() + WATCH_PERIOD_MS, lookAgain);
    if (text === last) return;
    last = text;
    answer.event(shape);
  };
  lookAgain();
  return { stop: () => cancel(), resultSoFar: look };
}

function peersOf({ nodes, peers, attempts, wallOffsetMs }: Snapshot): Result<"peers"> {
  const labels = new Map<NodeId, string>(nodes.map(({ id, label }) => [id, label]));
  const up = peers.map((peer) => ({
    id: peer.id,
    label: peer.label,
    addr: peer.address,
    direction: peer.direction,
    state: "up" as const,
    rtt_us: rounded(peer.rttUs),
    since: Math.round(peer.since + wallOffsetMs),
    in_bytes: peer.inBytes,
    out_bytes: peer.outBytes,
  }));
  const others = attempts.map(({ id, address, direction, state }) => ({
    id: id ?? null,
    label: id === undefined ? null : labels.get(id) ?? null,
    addr: address,
    direction,
    state,
    rtt_us: null,
    since: null,
    in_bytes: 0,
    out_bytes: 0,
  }));
  return { peers: [...up, ...others] };
}

function mapOf({ self, nodes, links }: Snapshot): Result<"map"> {
  return { self, nodes: nodes.map(showNode), links: links.map(showLink) };
}

/** A node of the map. */
export function showNode(
  { id, label, addresses, state }: NodeView,
): Result<"map">["nodes"][number] {
  return { id, label, addr: addresses[0] ?? null, state: state === "failed" ? "lost" : state };
}

/** A link of the map. */
export function showLink(link: LinkView): Result<"map">["links"][number] {
  const { from, to, rttUs, claimedBy } = link;
  return { from, to, rtt_us: rounded(rttUs), claimed_by: claimedBy };
}

/** Whole microseconds: what is smaller is noise, and would have watchers told of nothing. */
function rounded(rttUs: number | null): number | null {
  return rttUs === null ? null : Math.round(rttUs);
}
