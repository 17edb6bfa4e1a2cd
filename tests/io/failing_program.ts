/** A program with a bug: it throws, or forgets a rejection, where nobody catches it. */

import { openLog } from "../../src/io/log.ts";
import { endOnFailures } from "../../src/io/process_events.ts";

const [kind] = Deno.args;
endOnFailures(
  openLog({ level: "info", format: "text", maxSize: 1000, maxFiles: 1, console: true }),
);
setTimeout(() => {
  if (kind === "throws") throw new TypeError("a\nbug");
  Promise.reject(new TypeError("a\nbug"));
});
setTimeout(() => console.log("went on"), 60_000);
