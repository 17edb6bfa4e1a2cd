/** What a program says of the node that it wants to run, made into the settings that a node starts with. */

import { parseAddress } from "../base/address.ts";
import type { NodeSettings } from "../config/host.ts";
import { readProgramLayer } from "../config/layer.ts";
import { ConfigError } from "../config/problem.ts";
import { resolveConfig } from "../config/resolve.ts";
import type { NodeListener } from "./open_node.ts";

const TARGET_FILE = "network.controller.target.file";

/** A node, as a program asks for it. All of it may be left out. */
export interface OpenOptions extends NodeListener {
  /** Where to listen, `[addr]:port`; port 0 is any free one. By default on loopback, at a free port. */
  listen?: string;
  /** Addresses of nodes to keep links to, each `[addr]:port` or `host:port`. */
  targets?: readonly string[];
  /**
   * Folder in which the node keeps its identity, its reports and whom it knows, with its control socket.
   * Absent: nothing is written, and it is another node each time.
   */
  folder?: string;
  /** Any settings of docs/configuration.md by their dotted keys. */
  settings?: Readonly<Record<string, unknown>>;
}

/**
 * The settings of such a node.
 *
 * @throws {SyntaxError} when a target is no address
 * @throws {ConfigError} when an option or a setting cannot be used
 */
export function settingsOf(
  { listen = "[::1]:0", targets = [], folder, settings = {} }: OpenOptions,
): NodeSettings {
  const at = /^\[?([^\]]*)\]?:(\d+)$/.exec(listen);
  if (at === null) {
    throw optionError("listen", listen, 'an address such as "[::1]:8080" or "0.0.0.0:0"');
  }
  if (folder === "") throw optionError("folder", folder, 'a path, "." for the working directory');
  if (TARGET_FILE in settings) throw optionError("settings", TARGET_FILE, "targets in its place");
  const layer = readProgramLayer({
    "network.controller.listen.addr": at[1],
    "network.controller.listen.port": Number(at[2]),
    [TARGET_FILE]: "",
    ...(folder !== undefined && { "network.controller.control.socket": `${folder}/control.sock` }),
    ...settings,
  });
  const { config, problems } = resolveConfig([layer]);
  if (problems.length > 0) throw new ConfigError(problems);
  const { addrs } = config.network.controller.target;
  return {
    config,
    targets: [...new Set([...targets, ...addrs].map(parseAddress))],
    ...(folder !== undefined && { folder, profile: config.label }),
  };
}

function optionError(name: string, value: string, wanted: string): ConfigError {
  return new ConfigError([{ message: `Option ${name} is "${value}", wanted ${wanted}` }]);
}
