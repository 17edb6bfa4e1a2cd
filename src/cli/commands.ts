import { CHAIN_COMMANDS } from "./chain_commands.ts";
import type { Command } from "./command.ts";
import { configCheck } from "./commands/config_check.ts";
import { configSchema } from "./commands/config_schema.ts";
import { configShow } from "./commands/config_show.ts";
import { consoleCommand } from "./commands/console.ts";
import { controlSchemaCommand } from "./commands/control_schema.ts";
import { identity } from "./commands/identity.ts";
import { identityRotate } from "./commands/identity_rotate.ts";
import { known } from "./commands/known.ts";
import { knownForget } from "./commands/known_forget.ts";
import { knownTrust } from "./commands/known_trust.ts";
import { rendezvous } from "./commands/rendezvous.ts";
import { run } from "./commands/run.ts";
import { NODE_COMMANDS } from "./node_commands.ts";

/** Every command, in the order of the help text. */
export const COMMANDS: readonly Command[] = [
  run,
  ...NODE_COMMANDS,
  consoleCommand,
  controlSchemaCommand,
  configShow,
  configCheck,
  configSchema,
  known,
  knownForget,
  knownTrust,
  identity,
  identityRotate,
  rendezvous,
  ...CHAIN_COMMANDS,
];
