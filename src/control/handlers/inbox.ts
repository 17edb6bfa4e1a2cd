/** The messages that came in. */

import type { InboxMessage } from "../../controller/node_api.ts";
import type { Handler } from "../handler.ts";
import type { EventOf } from "../methods.ts";
import { showContent } from "./content.ts";

/**
 * Who follows is told of every message by an event, the kept ones first; the result is then empty,
 * or else the node would have to keep for it what has long been read.
 */
export const inbox: Handler<"inbox"> = ({ node }, { follow }, answer) => {
  const kept = node.inbox().map(showMessage);
  if (!follow) return answer.result({ messages: kept });
  // Before the kept ones go out: whoever reads them may cause the next one at once.
  const waiting: InboxMessage[] = [];
  let tell = (message: InboxMessage): void => void waiting.push(message);
  const stop = node.listen((message) => tell(message));
  for (const message of kept) answer.event(message);
  tell = (message) => answer.event(showMessage(message));
  waiting.forEach(tell);
  return { stop, resultSoFar: () => ({ messages: [] }) };
};

function showMessage({ from, label, content, at }: InboxMessage): EventOf<"inbox"> {
  return { from: { id: from, label }, ...showContent(content), at: Math.round(at) };
}
