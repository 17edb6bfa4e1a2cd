/** What people are told when something failed, and how the program ends then. */

import { HostError } from "../config/host.ts";
import { ConfigError } from "../config/problem.ts";
import { ControlClosed, ControlError } from "../control/client.ts";
import type { ErrorCode } from "../control/methods.ts";
import { visible } from "../report/visible.ts";
import { CommandError } from "./command.ts";
import { EXIT } from "./exit_code.ts";
import { UsageError } from "./usage_error.ts";

/** A failure in words. */
export interface Failure {
  /** Whole lines. */
  text: string;
  exitCode: number;
}

/**
 * The words for whatever was thrown.
 *
 * @param helpHint what to do to see which commands and options there are, as a sentence
 */
export function describeFailure(error: unknown, helpHint: string): Failure {
  if (error instanceof ConfigError) {
    return { text: `${error.message}\n`, exitCode: EXIT.badInput };
  }
  if (error instanceof UsageError) {
    return { text: `${error.message}\n${helpHint}\n`, exitCode: EXIT.badInput };
  }
  if (error instanceof CommandError) {
    return { text: `${error.message}\n`, exitCode: error.exitCode };
  }
  if (error instanceof ControlError) {
    // What a node says may hold what other nodes call themselves.
    return { text: `${visible(error.message)}\n`, exitCode: exitCodeOf(error.fault.code) };
  }
  if (error instanceof ControlClosed) {
    return { text: `No answer: ${visible(error.message)}\n`, exitCode: EXIT.noNode };
  }
  if (error instanceof HostError) {
    return { text: `${error.detail}\n`, exitCode: EXIT.trouble };
  }
  const reason = error instanceof Error ? error.message : String(error);
  const text = `Failed in a way that nobody foresaw, please report it: ${reason}\n`;
  return { text, exitCode: EXIT.trouble };
}

function exitCodeOf(code: ErrorCode): number {
  switch (code) {
    case "bad-request":
    case "too-large":
      return EXIT.badInput;
    case "version":
      return EXIT.noNode;
    case "unknown-method":
    case "unknown-peer":
    case "ambiguous-peer":
    case "not-joined":
    case "self":
    case "busy":
    case "unavailable":
    case "internal":
      return EXIT.notDone;
    default:
      // A node of a later version may have reasons that this program does not know.
      code satisfies never;
      return EXIT.notDone;
  }
}
