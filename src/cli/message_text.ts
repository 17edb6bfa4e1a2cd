/** The text of a message, from the command line or from standard input. */

import { MAX_MESSAGE_BYTES } from "../control/methods.ts";
import { CommandError } from "./command.ts";
import type { Stdio } from "./host.ts";

/** What a message is to hold: a text, or bytes in base64. */
export type MessageContent = { text: string } | { data: string };

/**
 * What the words say, joined by spaces; without any, what standard input holds. Bytes that are no
 * text are sent as they are.
 *
 * @param most bytes of one message
 * @throws {CommandError} when that is nothing, or too much for one message
 */
export async function readContent(
  words: readonly string[],
  stdio: Stdio,
  most = MAX_MESSAGE_BYTES,
): Promise<MessageContent> {
  if (words.length > 0) {
    const text = words.join(" ");
    if (new TextEncoder().encode(text).length > most) throw tooLong(most);
    return { text };
  }
  const bytes = await stdio.readInput(most + 1);
  if (bytes.length > most) throw tooLong(most);
  if (bytes.length === 0) {
    throw new CommandError("Nothing to send: there is no TEXT, and standard input is empty");
  }
  try {
    // A mark of byte order is a part of the message like any other.
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { data: bytes.toBase64() };
  }
}

function tooLong(most: number): CommandError {
  return new CommandError(
    `A message has at most ${most} bytes, and this one more: send it in parts`,
  );
}
