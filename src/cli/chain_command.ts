/**
 * Commands that talk to a running member of a line. As with those that talk to a node, each stands for
 * one method, says which parameters the command line means, and how the answer reads to people.
 */

import type { ChainMethods } from "../control/chain_methods.ts";
import type { Hello, MethodClient } from "../control/client.ts";
import type { EventIn, NameIn, ParamsIn, ResultIn } from "../control/method_table.ts";
import type { Command } from "./command.ts";
import { EXIT } from "./exit_code.ts";
import { formatAnswer } from "./format.ts";
import type { Stdio } from "./host.ts";
import { reachChain } from "./reach_chain.ts";

/** What makes a command of a member's method. */
export interface ChainCommandSpec<M extends NameIn<ChainMethods>> {
  method: M;
  rest?: string;
  help: string;
  /**
   * What to ask.
   *
   * @throws {CommandError} when the words mean nothing
   */
  params(words: readonly string[], stdio: Stdio): Promise<ParamsIn<ChainMethods, M>>;
  /** Whether it goes on until Ctrl-C. */
  goesOn?: boolean;
  /** The answer for people, in whole lines. */
  text(result: ResultIn<ChainMethods, M>, self: Hello): string;
  /** An event for people, in whole lines. */
  event?(event: EventIn<ChainMethods, M>): string;
}

/** The command that asks for one method. */
export function chainCommand<M extends NameIn<ChainMethods>>(spec: ChainCommandSpec<M>): Command {
  const { method, rest, help, goesOn = false } = spec;
  return {
    name: `chain ${method}`,
    ...(rest !== undefined && { rest }),
    help,
    options: ["json"],
    async run(args, host, words) {
      // What cannot be understood is told first, whether the member runs or not.
      const params = await spec.params(words, host);
      const client: MethodClient<ChainMethods> = await reachChain(args, host);
      try {
        using interruption = goesOn ? host.interruption() : undefined;
        const result = await client.call(method, params, {
          onEvent: (event) => host.out(args.json ? formatAnswer(event) : spec.event?.(event) ?? ""),
          ...(interruption && { signal: interruption.signal }),
        });
        host.out(args.json ? formatAnswer(result) : spec.text(result, client.hello));
      } finally {
        client.close();
      }
      return EXIT.fine;
    },
  };
}
