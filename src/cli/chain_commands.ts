import type { Command } from "./command.ts";
import { chainJoin } from "./commands/chain_join.ts";
import { chainLeave } from "./commands/chain_leave.ts";
import { chainListen } from "./commands/chain_listen.ts";
import { chainSay } from "./commands/chain_say.ts";
import { chainStatus } from "./commands/chain_status.ts";

/** Every command for members of a line, in the order of the help text. */
export const CHAIN_COMMANDS: readonly Command[] = [
  chainJoin,
  chainStatus,
  chainSay,
  chainListen,
  chainLeave,
];
