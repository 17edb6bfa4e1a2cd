/**
 * What a line of the console can go on with: commands, their options, and the names of nodes and of
 * rooms. Names of nodes are chosen by others. One that would act on the terminal, be read as an option,
 * or stand for more than one node is not offered; the id of that node is.
 */

import type { ControlClient } from "../control/client.ts";
import { visible } from "../report/visible.ts";
import type { Completion } from "./host.ts";
import type { JsonNode } from "./names.ts";
import type { NodeCommand } from "./node_command.ts";
import { NODE_COMMANDS } from "./node_commands.ts";
import { OPTIONS } from "./options.ts";
import { splitUnfinished } from "./words.ts";

/** Words that the console itself obeys. */
export const CONSOLE_WORDS = ["help", "quit"] as const;

/** The parameters that stand for a node and for a room. */
const PEER = "PEER";
const ROOM = "NAME";

/** Completes the last word of `line`, asking the node where it takes that. */
export async function completeLine(
  line: string,
  client: Pick<ControlClient, "call">,
): Promise<Completion> {
  const { before, stem } = splitUnfinished(line);
  const offer = (words: readonly string[]): Completion => ({
    stem,
    candidates: words.filter((word) => word.startsWith(stem)).map((word) => `${word} `),
  });
  const command = NODE_COMMANDS.find(({ name }) => beginsWith(before, name.split(" ")));
  if (command === undefined) return offer(nextWords(before));
  const { name, parameters = [], options = [] } = command;
  if (stem.startsWith("-")) return offer(options.map((option) => `--${option}`));
  const given = before.slice(name.split(" ").length);
  const [quote = ""] = /^["']/.exec(stem) ?? [];
  if (given.at(-1) === "--to") return offer(await memberWords(command, given, quote, client));
  switch (parameters[withoutOptions(given).length]) {
    case PEER: {
      const { self, nodes } = await client.call("map", {});
      return offer(peerWords(self, nodes, quote));
    }
    case ROOM: {
      const { rooms } = await client.call("room_list", {});
      return offer(rooms.flatMap(({ room }) => wordFor(room, quote) ?? []));
    }
    default:
      return offer([]);
  }
}

/** What can follow where no whole command stands yet. */
function nextWords(before: readonly string[]): string[] {
  const names = NODE_COMMANDS.map(({ name }) => name.split(" "));
  const next = names.filter((words) => beginsWith(words, before))
    .flatMap((words) => words[before.length] ?? []);
  return [...new Set(before.length === 0 ? [...next, ...CONSOLE_WORDS] : next)];
}

function beginsWith(words: readonly string[], beginning: readonly string[]): boolean {
  return beginning.every((word, at) => words[at] === word);
}

/** Words that are neither options nor what these are given. */
function withoutOptions(words: readonly string[]): string[] {
  return words.filter((word, at) => !word.startsWith("-") && !takesValue(words[at - 1]));
}

function takesValue(word: string | undefined): boolean {
  return OPTIONS.some(({ name, short, value }) =>
    value !== undefined && (word === `--${name}` || (short !== undefined && word === `-${short}`))
  );
}

/** The words that stand for the other members of the room that was named before. */
async function memberWords(
  { parameters = [] }: NodeCommand,
  given: readonly string[],
  quote: string,
  client: Pick<ControlClient, "call">,
): Promise<string[]> {
  const room = withoutOptions(given)[parameters.indexOf(ROOM)];
  if (room === undefined) return [];
  const { members } = await client.call("room_members", { room });
  const { id } = await client.call("status", {});
  return peerWords(id, members, quote);
}

/**
 * The words that stand for nodes other than `self`.
 *
 * @param quote that was opened already, if any
 */
function peerWords(self: string, nodes: readonly JsonNode[], quote: string): string[] {
  const labels = nodes.map(({ label }) => label);
  return nodes.filter(({ id }) => id !== self).map(({ id, label }) => {
    const isUnique = labels.indexOf(label) === labels.lastIndexOf(label);
    const word = isUnique ? wordFor(label, quote) : undefined;
    return word ?? `${quote}${visible(id.slice(0, SHORT_ID))}${quote}`;
  });
}

/** As many characters of an id as people are shown anywhere. */
const SHORT_ID = 8;

/** The word that is read as this name, or undefined if there is none that can be typed. */
function wordFor(name: string, quote: string): string | undefined {
  const isSafe = name.trim() !== "" && visible(name) === name && !name.startsWith("-");
  if (!isSafe) return undefined;
  if (quote === "" && /^[^\s"']\S*$/.test(name)) return name;
  const around = [quote || '"', quote || "'"].find((mark) => !name.includes(mark));
  return around === undefined ? undefined : `${around}${name}${around}`;
}
