/** How the map came to be what it is, and how it goes on. */

import type { MapChange } from "../../controller/map_change.ts";
import type { Handler } from "../handler.ts";
import type { EventOf } from "../methods.ts";
import { showLink, showNode } from "./views.ts";

/**
 * Who follows is told of every change by an event, the whole map as it once was first; the result is
 * then empty, for all has been told.
 */
export const history: Handler<"history"> = ({ node }, { since, follow }, answer) => {
  const known = node.history(since).map(showChange);
  if (!follow) return answer.result({ changes: known });
  // Before the known ones go out: whoever reads them may cause the next one at once.
  const waiting: MapChange[] = [];
  let tell = (change: MapChange): void => void waiting.push(change);
  const stop = node.watchMap((change) => tell(change));
  for (const change of known) answer.event(change);
  // More may come to it while they are told.
  for (const change of waiting) answer.event(showChange(change));
  tell = (change) => answer.event(showChange(change));
  return { stop, resultSoFar: () => ({ changes: [] }) };
};

function showChange(
  { at, self, nodes, links, goneNodes, goneLinks }: MapChange,
): EventOf<"history"> {
  return {
    at: Math.round(at),
    self,
    nodes: nodes.map(showNode),
    links: links.map(showLink),
    gone_nodes: [...goneNodes],
    gone_links: goneLinks.map(({ from, to }) => ({ from, to })),
  };
}
