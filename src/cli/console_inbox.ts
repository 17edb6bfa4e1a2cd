/**
 * Messages for a console: those that nobody has read yet, then each as it comes. A node tells one
 * who follows its inbox of everything that it keeps, also of what was read long ago; that part is
 * told apart here by asking for it before.
 */

import type { ControlClient } from "../control/client.ts";
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
  if (unread > 0) kept.slice(-unread).forEach(show);
  begun();
  /** Told again in the same order when following begins, but for those given up meanwhile. */
  const told = kept.map((message) => JSON.stringify(message));
  let at = 0;
  await client.call("inbox", { follow: true }, {
    onEvent(message) {
      const again = told.indexOf(JSON.stringify(message), at);
      if (again < 0) show(message);
      else at = again + 1;
    },
  });
}
