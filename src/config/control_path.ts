/** Where programs on this machine talk to a node, or to a member of a line. */

import type { NodeSettings } from "./host.ts";

/** The usual name of a node's control socket. */
const CONTROL_SOCKET = "control.sock";

/** The name of a member's socket, which lies beside the one that a node of the same profile has. */
const CHAIN_SOCKET = "chain.sock";

/**
 * The path of a node's control socket, or undefined for a node that has none. One without a profile
 * has none unless it is named: several may run in one folder, and nobody could tell which is meant.
 */
export function controlPath(
  { config, folder, profile }: Pick<NodeSettings, "config" | "folder" | "profile">,
): string | undefined {
  const { socket } = config.network.controller.control;
  if (socket !== "") return socket;
  if (folder === undefined || profile === undefined) return undefined;
  return pathIn(folder, CONTROL_SOCKET);
}

/**
 * The path of the control socket of a member of a line. There is one without a profile too, for whoever
 * starts the first member in a folder: most machines run no more than one.
 */
export function chainPath({ config, folder }: Pick<NodeSettings, "config" | "folder">): string {
  const { socket } = config.network.controller.control;
  if (socket === "") return pathIn(folder ?? ".", CHAIN_SOCKET);
  const end = Math.max(socket.lastIndexOf("/"), socket.lastIndexOf("\\")) + 1;
  return socket.slice(0, end) + CHAIN_SOCKET;
}

/** The path may have few bytes, and none to waste. */
function pathIn(folder: string, name: string): string {
  if (folder === ".") return name;
  return folder.endsWith("/") ? folder + name : `${folder}/${name}`;
}
