/** Where programs on this machine talk to a node. */

import type { NodeSettings } from "./host.ts";

/** The usual name of a node's control socket. */
const CONTROL_SOCKET = "control.sock";

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
  // The path may have few bytes, and none to waste.
  if (folder === ".") return CONTROL_SOCKET;
  return folder.endsWith("/") ? folder + CONTROL_SOCKET : `${folder}/${CONTROL_SOCKET}`;
}
