/**
 * What comes for those who follow: first what nobody has read yet, then each as it comes. A node tells
 * one who begins to follow of everything that it keeps, also of what was read long ago; that part is
 * told apart here by having asked for it before.
 */

/** What is followed. */
export interface Followed<Event> {
  /** All that was kept a moment ago, the oldest first. */
  kept: readonly Event[];
  /** How many of these, the newest, nobody has read. */
  unread: number;
  /** Has the node tell of what it keeps, and of what comes; resolves or rejects at the end of that. */
  follow(onEvent: (event: Event) => void): Promise<unknown>;
}

/**
 * Shows what is unread, then each as it comes.
 *
 * @param begun called once what was waiting has been shown, before this returns
 * @returns as {@linkcode Followed.follow} does
 */
export async function followUnread<Event>(
  { kept, unread, follow }: Followed<Event>,
  show: (event: Event) => void,
  begun: () => void = () => {},
): Promise<void> {
  if (unread > 0) kept.slice(-unread).forEach(show);
  begun();
  /** Told again in the same order when following begins, but for those given up meanwhile. */
  const told = kept.map((event) => JSON.stringify(event));
  let at = 0;
  await follow((event) => {
    const again = told.indexOf(JSON.stringify(event), at);
    if (again < 0) show(event);
    else at = again + 1;
  });
}
