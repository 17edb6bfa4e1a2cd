/** What befalls the process as a whole: signals, and failures that nobody caught. */

import { visible } from "../report/mod.ts";
import type { Log } from "./log.ts";

/** What each signal that ends a program is, as its exit code: 128 and the signal's number. */
const EXIT_CODES: Partial<Record<Deno.Signal, number>> = Deno.build.os === "windows"
  ? { SIGINT: 130, SIGBREAK: 149 }
  : { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/**
 * One press of Ctrl-C may arrive twice, from the terminal and from `deno task`, which hands on what
 * it gets. Signals that follow the first one this closely, in milliseconds, are taken for its echo.
 */
const ECHO_MS = 200;

/**
 * Calls `leave` at the first signal to end: Ctrl-C, SIGTERM, or a terminal that was closed. The
 * second one ends the process at once, as it would have ended without anybody listening.
 *
 * @returns what to dispose of to have signals act as usual again
 */
export function leaveOnSignals(leave: () => void): Disposable {
  let leavingSince: number | undefined;
  const listeners = Object.entries(EXIT_CODES).map(([signal, code]) => ({
    signal: signal as Deno.Signal,
    handle() {
      const now = performance.now();
      if (leavingSince === undefined) {
        leavingSince = now;
        leave();
      } else if (now - leavingSince > ECHO_MS) Deno.exit(code);
    },
  }));
  for (const { signal, handle } of listeners) Deno.addSignalListener(signal, handle);
  return {
    [Symbol.dispose]() {
      for (const { signal, handle } of listeners) Deno.removeSignalListener(signal, handle);
    },
  };
}

/**
 * Logs what nobody caught, in one line that asks to report it, and ends the process with 1: after
 * a bug of ours nothing that the node knows can be relied on.
 */
export function endOnFailures(log: Log): void {
  const end = (event: Event, reason: unknown) => {
    event.preventDefault();
    const stack = reason instanceof Error ? reason.stack : undefined;
    const text = `Failed in a way that nobody foresaw, please report it: ${visible(`${reason}`)}`;
    log.write("error", text, { stack });
    Deno.exit(1);
  };
  globalThis.addEventListener("error", (event) => end(event, event.error));
  globalThis.addEventListener("unhandledrejection", (event) => end(event, event.reason));
}
