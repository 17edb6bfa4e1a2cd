/**
 * The console: lines become the commands that the shell has too, over one connection that stays
 * open. It ends when the lines do, when somebody says so, or when the node is gone, which it learns
 * at once because it listens for messages all the time.
 */

import { type ControlClient, ControlClosed } from "../control/client.ts";
import { visible } from "../report/visible.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import { CommandError } from "./command.ts";
import { CONSOLE_WORDS } from "./completion.ts";
import { followInbox } from "./console_inbox.ts";
import { ConsoleRooms } from "./console_rooms.ts";
import { EXIT } from "./exit_code.ts";
import { describeFailure } from "./failure.ts";
import { findCommand, usage } from "./find_command.ts";
import type { Lines, Stdio } from "./host.ts";
import { type InboxMessage, messageLine } from "./inbox_text.ts";
import { labelOf, nameOf } from "./names.ts";
import type { Asked, NodeCommand } from "./node_command.ts";
import { NODE_COMMANDS } from "./node_commands.ts";
import { namedRoomEventLine } from "./room_text.ts";
import { formatTable } from "./table.ts";
import { UsageError } from "./usage_error.ts";
import { VERSION } from "../config/version.ts";
import { splitWords } from "./words.ts";

/** The end of the connection. */
class Gone {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** One console, from its first line to its last. */
export class ConsoleSession {
  readonly #client: ControlClient;
  readonly #lines: Lines;
  readonly #stdio: Stdio;
  readonly #rooms: ConsoleRooms;
  /** Of the last command that failed. */
  #exitCode: number = EXIT.fine;

  /** @param terminal that standard output goes to */
  constructor(client: ControlClient, lines: Lines, terminal: Pick<Stdio, "columns" | "rows">) {
    this.#client = client;
    this.#lines = lines;
    this.#rooms = new ConsoleRooms(client, (event) => lines.out(namedRoomEventLine(event)));
    this.#stdio = {
      out: (text) => lines.out(text),
      err: (text) => lines.err(text),
      columns: () => terminal.columns(),
      rows: () => terminal.rows(),
      readInput: () => Promise.reject(new CommandError(NO_INPUT)),
      interruption: () => lines.interruption(),
    };
  }

  /**
   * Obeys every line.
   *
   * @returns the exit code: of lines from a pipe, that of the last one that failed
   */
  async run(): Promise<number> {
    if (this.#lines.isTerminal) this.#lines.out(`${this.#greeting()}\n`);
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const gone = this.#listen(begin);
    // What has been waiting comes first, however fast the lines of a script are.
    await Promise.race([begun, gone]);
    await Promise.race([this.#rooms.refresh(), gone]);
    for (;;) {
      const line = await Promise.race([gone, this.#lines.next()]);
      if (line instanceof Gone) return this.#sayGone(line);
      if (line === undefined) return this.#lines.isTerminal ? EXIT.fine : this.#exitCode;
      const ending = await this.#obey(splitWords(line));
      if (ending !== undefined) return ending;
    }
  }

  /** Shows messages as they come, and answers when there can be no more. */
  async #listen(begin: () => void): Promise<Gone> {
    const show = (message: InboxMessage) => this.#lines.out(messageLine(message));
    try {
      await followInbox(this.#client, show, begin);
      return new Gone("The node stopped telling of messages");
    } catch (error) {
      return new Gone(visible(error instanceof Error ? error.message : String(error)));
    }
  }

  /** @returns the exit code, where the console ends with this line */
  async #obey(words: readonly string[]): Promise<number | undefined> {
    if (words.length === 0) return undefined;
    if (words.length === 1 && (words[0] === "quit" || words[0] === "exit")) {
      return this.#lines.isTerminal ? EXIT.fine : this.#exitCode;
    }
    try {
      const args = readArguments(words);
      if (args.help || words[0] === "help") this.#stdio.out(helpText());
      else if (args.version) this.#stdio.out(`area-net ${VERSION}\n`);
      else return await this.#command(args);
    } catch (error) {
      this.#fail(error);
    }
    return undefined;
  }

  async #command(args: Arguments): Promise<number | undefined> {
    const { command, words } = findCommand(args, NODE_COMMANDS, CONSOLE_WORDS);
    refuseOtherNodes(args, this.#client);
    if (command.method === "inbox" && args.follow) {
      throw new UsageError(
        "Option --follow is not for the console: it shows messages as they come",
      );
    }
    if (command.method === "room_listen") {
      throw new UsageError(
        "room listen is not for the console: it shows what happens in joined rooms as it comes",
      );
    }
    const exitCode = await this.#carryOut(command, args, words);
    if (command.method.startsWith("room_")) await this.#rooms.refresh();
    return command.method === "leave" && exitCode === EXIT.fine ? EXIT.fine : undefined;
  }

  /** @returns the exit code, or undefined for one that people did not want to wait for */
  async #carryOut(
    command: NodeCommand,
    args: Arguments,
    words: readonly string[],
  ): Promise<number | undefined> {
    const asked = { args, words, stdio: this.#stdio, prefix: "" };
    // A script that is stopped by Ctrl-C is not to go on with its next line.
    if (!this.#lines.isTerminal) return await this.#ask(command, asked);
    using patience = this.#lines.interruption();
    const { promise: isEnough, resolve } = Promise.withResolvers<undefined>();
    patience.signal.addEventListener("abort", () => {
      this.#lines.out("Not waiting for the answer any longer\n");
      resolve(undefined);
    });
    return await Promise.race([this.#ask(command, asked), isEnough]);
  }

  /** @returns the exit code; failures have been told */
  async #ask(command: NodeCommand, asked: Asked): Promise<number> {
    try {
      const exitCode = await command.ask(this.#client, asked);
      if (exitCode !== EXIT.fine) this.#exitCode = exitCode;
      return exitCode;
    } catch (error) {
      return this.#fail(error);
    }
  }

  #fail(error: unknown): number {
    const { text, exitCode } = describeFailure(error, "help shows what there is");
    this.#exitCode = exitCode;
    // That the connection has ended is told once, for the console as a whole.
    if (!(error instanceof ControlClosed)) this.#stdio.err(text);
    return exitCode;
  }

  #greeting(): string {
    const { hello } = this.#client;
    return `Connected to ${nameOf(hello)}: help lists the commands, quit or Ctrl-D ends`;
  }

  #sayGone({ reason }: Gone): number {
    const who = labelOf(this.#client.hello);
    this.#lines.err(`The console with ${who} ends, as there is no connection: ${reason}\n`);
    return EXIT.noNode;
  }
}

const NO_INPUT = "No text given: in the console it stands in the line, as in send erin hello";

/** The connection is made, and what else there is to say of a node is said before. */
function refuseOtherNodes(args: Arguments, { hello }: ControlClient): void {
  const { configDir, profile, settings, shortForms } = args;
  const isPlain = configDir === undefined && profile === undefined && settings.length === 0 &&
    shortForms.size === 0;
  if (isPlain) return;
  throw new UsageError(
    `This console talks to ${labelOf(hello)}: options that choose or configure a node belong ` +
      "before the word console",
  );
}

function helpText(): string {
  const options = (command: NodeCommand) =>
    (command.options ?? []).map((option) => ` [--${option}]`).join("");
  return formatTable([
    ...NODE_COMMANDS.map((command) => [usage(command) + options(command), command.help]),
    ["help", "print this text"],
    ["quit", "end the console, as Ctrl-D does; the node runs on"],
  ], 2);
}
