/** Configuration as commands need it: what `src/config` decides, fed with what the host can read. */

import { type Address, parseAddress } from "../base/address.ts";
import type { NodeSettings } from "../config/host.ts";
import { KEYS } from "../config/keys.ts";
import { ConfigError, type Problem } from "../config/problem.ts";
import { type Resolution, resolveConfig } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import { parseTargets } from "../config/targets.ts";
import type { Arguments } from "./arguments.ts";
import type { Host } from "./host.ts";
import { readLayers } from "./layers.ts";
import { folderOf } from "./path.ts";
import { readProblem } from "./read_problem.ts";

const TARGET_FILE = "network.controller.target.file";
const KEY_FILE = "network.key_file";

/** The layers put together, and the configuration files among them. */
export interface LoadedConfig extends Resolution {
  files: string[];
}

/**
 * The layers put together.
 *
 * @throws {ConfigError} with every problem found
 */
export async function loadConfig(args: Arguments, host: Host): Promise<LoadedConfig> {
  const loaded = await load(args, host);
  if (loaded.problems.length > 0) throw new ConfigError(loaded.problems);
  return loaded;
}

/** What a node starts with, and the configuration files that say so. */
export interface LoadedNode {
  settings: NodeSettings;
  files: string[];
}

/**
 * Everything that a node starts with: the layers, the target file and the network's key.
 *
 * @throws {ConfigError} with every problem found, of the layers and of these files
 */
export async function loadNode(args: Arguments, host: Host): Promise<LoadedNode> {
  const { config, problems, files } = await load(args, host);
  const found = [...problems];
  /** Where the path itself is in doubt, complaints about what lies there would mislead. */
  const readAt = async <T>(key: string, read: () => Promise<T>): Promise<T | undefined> => {
    if (problems.some((problem) => leavesInDoubt(problem, key))) return undefined;
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      found.push(...error.problems);
      return undefined;
    }
  };
  const { file, addrs } = config.network.controller.target;
  const targets = await readAt(TARGET_FILE, () => loadTargets(file, host)) ?? [];
  const key = await readAt(KEY_FILE, () => loadKey(config, host)) ?? "";
  if (found.length > 0) throw new ConfigError(found);
  const settings = {
    ...placeOfNode(config, args),
    config: { ...config, network: { ...config.network, key } },
    targets: [...new Set([...targets, ...addrs.map(parseAddress)])],
  };
  return { settings, files };
}

/** Which node a configuration is for, and where it keeps its files. */
export function placeOfNode(
  config: Config,
  { profile }: Arguments,
): Pick<NodeSettings, "config" | "folder" | "profile"> {
  const { file } = config.network.controller.target;
  return {
    config,
    ...(file !== "" && { folder: folderOf(file) }),
    ...(profile !== undefined && { profile }),
  };
}

async function load(args: Arguments, host: Host): Promise<LoadedConfig> {
  const { layers, files } = await readLayers(args, host);
  return { ...resolveConfig(layers), files };
}

/** Whether a problem leaves in doubt what `key` was meant to be: a whole file, a table, a misspelling. */
function leavesInDoubt(problem: Problem, key: string): boolean {
  if (problem.key === undefined || problem.key === key) return true;
  if (key.startsWith(`${problem.key}.`)) return true;
  return !KEYS.has(problem.key) && tableOf(problem.key) === tableOf(key);
}

function tableOf(key: string): string {
  return key.slice(0, Math.max(key.lastIndexOf("."), 0));
}

async function loadTargets(file: string, host: Host): Promise<Address[]> {
  if (file === "") return [];
  let text: string;
  try {
    text = await host.readText(file);
  } catch (error) {
    const advice = `${TARGET_FILE} names it, and [] is enough in it`;
    throw new ConfigError([readProblem(error, file, advice)]);
  }
  return parseTargets(text, file);
}

/** The network's key, from the configuration or from the file that it names. */
async function loadKey({ network }: Config, host: Host): Promise<string> {
  const { key_file: file } = network;
  if (file === "") return network.key;
  let text: string;
  try {
    text = await host.readSecret(file);
  } catch (error) {
    throw new ConfigError([readProblem(error, file, `${KEY_FILE} names it`)]);
  }
  const key = text.split("\n")[0]?.trim() ?? "";
  const issues = KEYS.get("network.key")?.schema.safeParse(key).error?.issues;
  if (key !== "" && issues === undefined) return key;
  const message = `Holds no key in its first line, which has ${key.length} characters: ` +
    "wanted 16 to 1024, none of them a control character";
  throw new ConfigError([{ message, file, line: 1 }]);
}
