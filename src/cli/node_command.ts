/**
 * Commands that talk to a running node. Each stands for one method of the control API: it says which
 * parameters the command line means, and how the answer reads to people; all else is done here, the
 * same for all. A command cannot ask for anything but its own method, since it never sees the node.
 *
 * The same commands are called from a shell, where each makes a connection of its own, and from the
 * console, which keeps one.
 */

import type { ControlClient, Hello } from "../control/client.ts";
import type { EventOf, MethodName, Params, Result } from "../control/methods.ts";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { EXIT } from "./exit_code.ts";
import { formatAnswer } from "./format.ts";
import type { Stdio } from "./host.ts";
import type { CommandOption } from "./options.ts";
import { programFor, reachNode } from "./reach_node.ts";

/** A command as it was called. */
export interface Asked {
  args: Arguments;
  /** Those after its name. */
  words: readonly string[];
  stdio: Stdio;
  /** The beginning of a command that people could give next, as in `area-net -p bob `. */
  prefix: string;
}

/** What answers are put into words with. */
export interface Telling {
  args: Arguments;
  /** The node that answered. */
  self: Hello;
  /** Of the terminal, where there is one. */
  columns: number | undefined;
  /** The same of its lines. */
  rows: number | undefined;
  /** As in {@linkcode Asked}. */
  prefix: string;
}

/** How a method's answers read to people. */
export interface Words<M extends MethodName> {
  /** The answer for people, in whole lines. */
  text(result: Result<M>, telling: Telling): string;
  /** An event for people, in whole lines. */
  event?(event: EventOf<M>, telling: Telling): string;
}

/** What makes a command of a method, but for its words. */
export interface NodeCommandBase<M extends MethodName> {
  /** Of the method; the command is called the same, with spaces where the method has underscores. */
  name: M;
  parameters?: readonly string[];
  rest?: string;
  help: string;
  /** Besides `--json`, which all of them take. */
  options?: readonly CommandOption[];
  /**
   * What to ask.
   *
   * @throws {UsageError} or {CommandError} when the words mean nothing
   */
  params(asked: Asked): Params<M> | Promise<Params<M>>;
  /** Whether it goes on for a while, so that Ctrl-C ends it and not the program. */
  goesOn?(args: Arguments): boolean;
  /** How the program ends where the answer itself is a no, and there is nothing to add to it. */
  exitCode?(result: Result<M>): number;
  /** One line without its end on what could not be done; undefined where all was. */
  shortfall?(result: Result<M>, telling: Telling): string | undefined;
}

/** What makes a command of a method; where words depend on those before, each call has its own. */
export type NodeCommandSpec<M extends MethodName> =
  & NodeCommandBase<M>
  & (Words<M> | { words(): Words<M> });

/** A command that talks to a running node. */
export interface NodeCommand extends Command {
  readonly method: MethodName;
  /** Whether it goes on for a while, when called like this. */
  goesOn(args: Arguments): boolean;
  /** Does it through a connection that stays open; otherwise as `run`. */
  ask(client: ControlClient, asked: Asked): Promise<number>;
}

/** The command that asks for one method. */
export function nodeCommand<M extends MethodName>(spec: NodeCommandSpec<M>): NodeCommand {
  const { name, parameters, rest, help, options = [] } = spec;
  return {
    name: name.replaceAll("_", " "),
    ...(parameters !== undefined && { parameters }),
    ...(rest !== undefined && { rest }),
    help,
    options: ["json", ...options],
    method: name,
    goesOn: (args) => spec.goesOn?.(args) ?? false,
    async run(args, host, words) {
      let client: ControlClient | undefined;
      try {
        const asked = { args, words, stdio: host, prefix: `${programFor(args)} ` };
        // What cannot be understood is told first, whether the node runs or not.
        return await carryOut(spec, asked, async () => client = await reachNode(args, host));
      } finally {
        client?.close();
      }
    },
    ask: (client, asked) => carryOut(spec, asked, () => client),
  };
}

async function carryOut<M extends MethodName>(
  spec: NodeCommandSpec<M>,
  asked: Asked,
  reach: () => ControlClient | Promise<ControlClient>,
): Promise<number> {
  const { args, stdio, prefix } = asked;
  const params = await spec.params(asked);
  const client = await reach();
  const words = "words" in spec ? spec.words() : spec;
  const telling = (): Telling => {
    const [columns, rows] = [stdio.columns(), stdio.rows()];
    return { args, self: client.hello, columns, rows, prefix };
  };
  const onEvent = (event: EventOf<M>) => {
    stdio.out(args.json ? formatAnswer(event) : words.event?.(event, telling()) ?? "");
  };
  using interruption = spec.goesOn?.(args) ? stdio.interruption() : undefined;
  const result = await client.call(spec.name, params, {
    onEvent,
    ...(interruption && { signal: interruption.signal }),
  });
  stdio.out(
    args.json ? formatAnswer(result) : words.text(result, telling()),
  );
  const shortfall = spec.shortfall?.(result, telling());
  if (shortfall === undefined) return spec.exitCode?.(result) ?? EXIT.fine;
  // Programs find it in the answer.
  if (!args.json) stdio.err(`${shortfall}\n`);
  return EXIT.notDone;
}
