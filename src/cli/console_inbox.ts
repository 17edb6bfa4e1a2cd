/** Messages for a console: those that nobody has read yet, then each as it comes. */

import type { ControlClient } from "../control/client.ts";
import { followUnread } from "./follow.ts";
import type { InboxMessage } from "./inbox_text.ts";

/**
 * Shows messages until the connection ends.
 *
 * @param begun called once those that were waiting have been shown
 * @returns never otherwise than by rejecting, as {@linkcode ControlClient.call} does
 */
export async function followInbox(
  client: Pick<ControlClient, "call">,
  show: (message: InboxMessage) => void,
  begun: () => void,
): Promise<void> {
  const { messages: { unread } } = await client.call("status", {});
  const { messages: kept } = await client.call("inbox", { follow: false });
  const follow = (onEvent: (message: InboxMessage) => void) =>
    client.call("inbox", { follow: true }, { onEvent });
  await followUnread({ kept, unread, follow }, show, begun);
}
