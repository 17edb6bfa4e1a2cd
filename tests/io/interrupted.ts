/** Waits to be interrupted, first with and then without an interruption that is open. */

import { interruption } from "../../src/io/terminal.ts";

const keepAlive = setInterval(() => {}, 60_000);
{
  using open = interruption();
  const { promise, resolve } = Promise.withResolvers<void>();
  open.signal.addEventListener("abort", () => resolve());
  console.log("listening");
  await promise;
}
console.log("aborted, as usual now");
void keepAlive;
