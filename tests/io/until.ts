/** Waiting for real things: sockets, files and timers that come when they come. */

/** How long a test waits for what should be there within milliseconds. */
const PATIENCE_MS = 20_000;

/**
 * Lets the event loop turn until `condition` holds.
 *
 * @throws {Error} naming the condition, when it does not come true within `patienceMs`
 */
export async function until(condition: () => boolean, patienceMs = PATIENCE_MS): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!condition()) {
    if (performance.now() > deadline) {
      throw new Error(`Waited ${patienceMs} ms in vain for ${condition}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
