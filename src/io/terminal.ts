/** The streams that a program is given at its start, and the terminal that may be behind them. */

import type { Interruption } from "../cli/host.ts";
import { HostError } from "../config/host.ts";
import { describeFileError } from "./file_error.ts";
import { leaveOnSignals } from "./process_events.ts";

/** Aborted once nobody reads standard output any more, as after `head`. */
const unread = new AbortController();

/** Writes all of it before returning, since the caller may exit next. */
export function print(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += to.writeSync(bytes.subarray(at));
  } catch (error) {
    // Nobody is left to tell; who would go on for long is asked to end.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    if (to === Deno.stdout) unread.abort();
  }
}

/** Columns of the terminal that standard output goes to; undefined where it goes elsewhere. */
export function columns(): number | undefined {
  return Deno.stdout.isTerminal() ? size().columns : undefined;
}

/** The same of its lines. */
export function rows(): number | undefined {
  return Deno.stdout.isTerminal() ? size().rows : undefined;
}

const USUAL_SIZE = { columns: 80, rows: 24 };

function size(): { columns: number; rows: number } {
  try {
    const { columns, rows } = Deno.consoleSize();
    // A terminal that does not know its own size says 0.
    return columns > 0 && rows > 0 ? { columns, rows } : USUAL_SIZE;
  } catch {
    return USUAL_SIZE;
  }
}

/** Has Ctrl-C, and the other signals that ask for an end, abort instead of ending the process. */
export function interruption(): Interruption {
  const asked = new AbortController();
  const signals = leaveOnSignals(() => asked.abort());
  return {
    signal: AbortSignal.any([asked.signal, unread.signal]),
    [Symbol.dispose]: () => signals[Symbol.dispose](),
  };
}

/** What can be read from, piece by piece. */
export interface Input {
  read(into: Uint8Array): Promise<number | null>;
  isTerminal(): boolean;
}

/**
 * What standard input holds, to its end or up to `limit` bytes.
 *
 * @throws {HostError} by rejecting, when it cannot be read
 */
export async function readInput(limit: number, input: Input = Deno.stdin): Promise<Uint8Array> {
  if (input.isTerminal()) {
    print(Deno.stderr, "Type the message; Ctrl-D in a line of its own ends it\n");
  }
  // As far as it is used the system gives memory to it, and no further.
  const bytes = new Uint8Array(limit);
  let length = 0;
  try {
    while (length < limit) {
      const count = await input.read(bytes.subarray(length));
      if (count === null) break;
      length += count;
    }
  } catch (error) {
    throw new HostError("other", `Standard input cannot be read: ${describeFileError(error)}`);
  }
  return bytes.slice(0, length);
}
