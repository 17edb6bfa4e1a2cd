/** The way from the command line to a running member of a line, and what to do where there is none. */

import { MAX_TEXT_BYTES } from "../chain/binary.ts";
import { chainPath } from "../config/control_path.ts";
import { resolveConfig } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import type { ChainMethods } from "../control/chain_methods.ts";
import { ControlUnreachable, type MethodClient } from "../control/client.ts";
import { visible } from "../report/visible.ts";
import type { Arguments } from "./arguments.ts";
import { CommandError } from "./command.ts";
import { EXIT } from "./exit_code.ts";
import type { Host } from "./host.ts";
import { hasNoFiles } from "./layers.ts";
import { loadConfig, placeOfNode } from "./load.ts";
import { folderOf } from "./path.ts";
import { programFor } from "./reach_node.ts";

/** Where a member is reached, and what it is called. */
export interface ChainPlace {
  /** Of its control socket. */
  socket: string;
  label: string;
}

/**
 * The place of the member that the arguments describe. No configuration is needed for it; where there is
 * some, the socket lies beside the one of the node that it describes.
 *
 * @throws {ConfigError} by rejecting, when the configuration cannot be used
 */
export async function placeOfMember(args: Arguments, host: Host): Promise<ChainPlace> {
  const config = await configOf(args, host);
  if (config === undefined) {
    return { socket: chainPath({ config: resolveConfig([]).config }), label: "" };
  }
  return { socket: chainPath(placeOfNode(config, args)), label: shortened(config.label) };
}

/**
 * Connects to the member that the arguments describe.
 *
 * @throws {ConfigError} by rejecting, when the configuration cannot be used
 * @throws {CommandError} by rejecting, when no member answers
 */
export async function reachChain(
  args: Arguments,
  host: Host,
): Promise<MethodClient<ChainMethods>> {
  const { socket } = await placeOfMember(args, host);
  try {
    return await host.connectChain(socket);
  } catch (error) {
    if (!(error instanceof ControlUnreachable)) throw error;
    throw new CommandError(explain(error, socket, args), EXIT.noNode);
  }
}

async function configOf(args: Arguments, host: Host): Promise<Config | undefined> {
  if (args.settings.length === 0 && await hasNoFiles(args, host)) return undefined;
  return (await loadConfig(args, host)).config;
}

/** As much of a node's label as a member's may have. */
function shortened(label: string): string {
  const { read } = new TextEncoder().encodeInto(label, new Uint8Array(MAX_TEXT_BYTES));
  return label.slice(0, read);
}

function explain({ kind, message }: ControlUnreachable, path: string, args: Arguments): string {
  const said = visible(message);
  switch (kind) {
    case "not-running": {
      const who = args.profile === undefined
        ? "The chain member"
        : `${args.profile}'s chain member`;
      return `${who} is not running: nobody answers at ${visible(path)}. Start it with: ` +
        `${programFor(args)} chain join --chain ADDRESS --repair ADDRESS --echo ADDRESS`;
    }
    case "not-a-node":
      return `${said}. Stop what is there and start the member`;
    case "version":
      return said;
    case "denied":
      return `${said}. Be the user who started the member; where it is Deno that forbids it, put ` +
        `"${visible(folderOf(path))}" into read and write of permissions.node in deno.json`;
    default:
      return kind satisfies never;
  }
}
