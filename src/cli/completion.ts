/**
 * What a line of the console can go on with: commands, their options, and the names of nodes. Names
 * are chosen by others. One that would act on the terminal, be read as an option, or stand for more
 * than one node is not offered; the id of that node is.
 */

import type { ControlClient } from "../control/client.ts";
import type { Result } from "../control/methods.ts";
import { visible } from "../report/visible.ts";
import type { Completion } from "./host.ts";
import { NODE_COMMANDS } from "./node_commands.ts";
import { splitUnfinished } from "./words.ts";

/** Words that the console itself obeys. */
export const CONSOLE_WORDS = ["help", "quit"] as const;

/** The parameter that stands for a node. */
const PEER = "PEER";

/** Completes the last word of `line`, asking the node where it takes that. */
export async function completeLine(
  line: string,
  client: Pick<ControlClient, "call">,
): Promise<Completion> {
  const { before, stem } = splitUnfinished(line);
  const [name, ...others] = before;
  const offer = (words: readonly string[]): Completion => ({
    stem,
    candidates: words.filter((word) => word.startsWith(stem)).map((word) => `${word} `),
  });
  if (name === undefined) {
    return offer([...NODE_COMMANDS.map((command) => command.name), ...CONSOLE_WORDS]);
  }
  const command = NODE_COMMANDS.find((command) => command.name === name);
  if (command === undefined) return offer([]);
  if (stem.startsWith("-")) return offer((command.options ?? []).map((option) => `--${option}`));
  const wordsBefore = others.filter((word) => !word.startsWith("-")).length;
  if (command.parameters?.[wordsBefore] !== PEER) return offer([]);
  const [quote = ""] = /^["']/.exec(stem) ?? [];
  return offer(peerWords(await client.call("map", {}), quote));
}

/**
 * The words that stand for the other nodes of the network.
 *
 * @param quote that was opened already, if any
 */
function peerWords({ self, nodes }: Result<"map">, quote: string): string[] {
  const labels = nodes.map(({ label }) => label);
  return nodes.filter(({ id }) => id !== self).map(({ id, label }) => {
    const isUnique = labels.indexOf(label) === labels.lastIndexOf(label);
    const word = isUnique ? wordFor(label, quote) : undefined;
    return word ?? `${quote}${visible(id.slice(0, SHORT_ID))}${quote}`;
  });
}

/** As many characters of an id as people are shown anywhere. */
const SHORT_ID = 8;

/** The word that is read as this label, or undefined if there is none that can be typed. */
function wordFor(label: string, quote: string): string | undefined {
  const isSafe = label.trim() !== "" && visible(label) === label && !label.startsWith("-");
  if (!isSafe) return undefined;
  if (quote === "" && /^[^\s"']\S*$/.test(label)) return label;
  const around = [quote || '"', quote || "'"].find((mark) => !label.includes(mark));
  return around === undefined ? undefined : `${around}${label}${around}`;
}
