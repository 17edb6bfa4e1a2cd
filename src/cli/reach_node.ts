/** The way from the command line to a running node, and what to do where there is none. */

import { controlPath } from "../config/control_path.ts";
import type { Setting } from "../config/resolve.ts";
import { type ControlClient, ControlUnreachable } from "../control/client.ts";
import { visible } from "../report/visible.ts";
import type { Arguments } from "./arguments.ts";
import { CommandError } from "./command.ts";
import { EXIT } from "./exit_code.ts";
import type { Host } from "./host.ts";
import { loadConfig, placeOfNode } from "./load.ts";
import { folderOf } from "./path.ts";

const SOCKET = "network.controller.control.socket";

/**
 * Connects to the node that the arguments describe.
 *
 * @throws {ConfigError} when the configuration cannot be used
 * @throws {CommandError} when such a node has no socket, or none answers there
 */
export async function reachNode(args: Arguments, host: Host): Promise<ControlClient> {
  // Neither the target file nor a key is needed to find the socket, and so none may stand in the way.
  const { config, settings } = await loadConfig(args, host);
  const path = controlPath(placeOfNode(config, args));
  if (path === undefined) throw new CommandError(noSocket(args));
  try {
    return await host.connectControl(path);
  } catch (error) {
    if (!(error instanceof ControlUnreachable)) throw error;
    throw new CommandError(explain(error, path, args, settings.get(SOCKET)), EXIT.noNode);
  }
}

/** How the program is called for the same node, as in `area-net -p bob`. */
export function programFor({ configDir, profile }: Arguments): string {
  return [
    "area-net",
    ...(configDir === undefined ? [] : ["-c", shellWord(configDir)]),
    ...(profile === undefined ? [] : ["-p", shellWord(profile)]),
  ].join(" ");
}

function noSocket({ profile }: Arguments): string {
  return profile === undefined
    ? "Which node is meant? Choose its profile with -p, as in area-net -p bob status, or name its " +
      `socket with -s ${SOCKET}=PATH`
    : `${profile} has no target file, and so no folder for a socket: name one with ` +
      `-s ${SOCKET}=PATH when it is started and here`;
}

/** What the connection's end says names the socket; what to do about it depends on the command line. */
function explain(
  { kind, message }: ControlUnreachable,
  path: string,
  args: Arguments,
  socket: Setting | undefined,
): string {
  const said = visible(message);
  switch (kind) {
    case "not-running": {
      const who = args.profile ?? "The node";
      return `${who} is not running: nobody answers at ${visible(path)}. ` +
        `Start it with: ${startCommand(args, path, socket)}`;
    }
    case "not-a-node":
      return `${said}. Check ${SOCKET}; where it is right, stop what is there and start the node`;
    case "version":
      return said;
    case "denied":
      return `${said}. Be the user who started the node; where it is Deno that forbids it, put ` +
        `"${visible(folderOf(path))}" into read and write of permissions.node in deno.json`;
    default:
      return kind satisfies never;
  }
}

/** What starts a node that will answer there. */
function startCommand(args: Arguments, path: string, socket: Setting | undefined): string {
  const isGivenHere = socket?.origin.layer === "command line";
  return programFor(args) + (isGivenHere ? ` -s ${shellWord(`${SOCKET}=${path}`)}` : "");
}

/** A text as a shell wants it, in quotes where it needs them. */
export function shellWord(text: string): string {
  const shown = visible(text);
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`;
}
