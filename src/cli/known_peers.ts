/**
 * `known_peers.json` of a profile, for the commands that show and change it. No node needs to run; one
 * that does takes changes up by itself.
 */

import { HostError } from "../config/host.ts";
import { ConfigError } from "../config/problem.ts";
import { formatKnownPeers, type KnownPeer, parseKnownPeers } from "../identity/known_peers.ts";
import { KNOWN_PEERS_FILE } from "../identity/known_peers_file.ts";
import { nodeName } from "../report/visible.ts";
import type { Arguments } from "./arguments.ts";
import { CommandError } from "./command.ts";
import { EXIT } from "./exit_code.ts";
import type { Host } from "./host.ts";
import { loadConfig } from "./load.ts";
import { folderOf, joinPath } from "./path.ts";
import { permissionAdvice, readProblem } from "./read_problem.ts";

/** The file, and what it says. */
export interface KnownPeersText {
  file: string;
  peers: KnownPeer[];
}

/**
 * Reads the file of the node that the arguments describe; one that is missing says nothing.
 *
 * @throws {ConfigError} when the configuration or the file cannot be used
 * @throws {CommandError} when such a node keeps no file
 */
export async function readKnownPeers(args: Arguments, host: Host): Promise<KnownPeersText> {
  const { config } = await loadConfig(args, host);
  const targetFile = config.network.controller.target.file;
  if (targetFile === "") {
    throw new CommandError(
      "A node without a target file keeps no known peers: choose a profile with -p, or name the " +
        "file with -s network.controller.target.file=FILE",
    );
  }
  const file = joinPath(folderOf(targetFile), KNOWN_PEERS_FILE);
  try {
    return { file, peers: parseKnownPeers(await host.readText(file)) };
  } catch (error) {
    if (error instanceof HostError && error.kind === "not-found") return { file, peers: [] };
    if (!(error instanceof SyntaxError)) throw new ConfigError([readProblem(error, file, "")]);
    throw new ConfigError([{ message: `${error.message}, mend or remove the file`, file }]);
  }
}

/**
 * Writes the file.
 *
 * @throws {CommandError} when that fails
 */
export async function writeKnownPeers({ file, peers }: KnownPeersText, host: Host): Promise<void> {
  try {
    await host.writeText(file, formatKnownPeers(peers));
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    const advice = error.kind === "not-permitted" ? `; ${permissionAdvice(folderOf(file))}` : "";
    throw new CommandError(`Could not write ${file}: ${error.detail}${advice}`, EXIT.trouble);
  }
}

/**
 * The one peer whose id begins with `start`, or undefined.
 *
 * @throws {CommandError} listing the candidates when there are several
 */
export function findPeer(start: string, peers: readonly KnownPeer[]): KnownPeer | undefined {
  // What a script left empty begins every id, and means none of them.
  if (start === "") return undefined;
  const found = peers.filter(({ id }) => id.startsWith(start.toLowerCase()));
  if (found.length <= 1) return found[0];
  const list = found.map((peer) => `\n  ${peer.id}  ${nodeName(peer)}`).join("");
  throw new CommandError(`"${start}" begins ${found.length} known ids, give more of one:${list}`);
}
