/** Configuration from files: what `src/config` decides, fed with what the host can read. */

import { type Host, HostError, type NodeSettings } from "../config/host.ts";
import { failedLayer, type Layer, readFileLayer, readSettingLayer } from "../config/layer.ts";
import { ConfigError, type Problem } from "../config/problem.ts";
import { type Resolution, resolveConfig } from "../config/resolve.ts";
import { parseTargets } from "../config/targets.ts";
import type { Address } from "../base/address.ts";
import type { Arguments } from "./arguments.ts";
import { folderOf, joinPath } from "./path.ts";

const TARGET_KEY = "network.controller.target.file";

/**
 * The three layers put together.
 *
 * @throws {ConfigError} with every problem found
 */
export async function loadConfig(args: Arguments, host: Host): Promise<Resolution> {
  const resolution = await resolve(args, host);
  if (resolution.problems.length > 0) throw new ConfigError(resolution.problems);
  return resolution;
}

/**
 * Everything that a node starts with: the three layers and the target file.
 *
 * @throws {ConfigError} with every problem found, of the layers and of the target file
 */
export async function loadNode(args: Arguments, host: Host): Promise<NodeSettings> {
  const { config, problems } = await resolve(args, host);
  const file = config.network.controller.target.file;
  const found = [...problems];
  let targets: Address[] = [];
  // Where the path itself is in doubt, complaints about what lies there would mislead.
  if (
    problems.every(({ key }) => key !== undefined && !key.startsWith("network.controller.target"))
  ) {
    try {
      targets = await loadTargets(file, host);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      found.push(...error.problems);
    }
  }
  if (found.length > 0) throw new ConfigError(found);
  const { profile } = args;
  return { config, targets, folder: folderOf(file), ...(profile !== undefined && { profile }) };
}

/** The configuration files that the arguments call for, lowest layer first. */
export function configFiles({ configDir, profile }: Arguments): string[] {
  const names = profile === undefined ? ["default"] : ["default", profile];
  return names.map((name) => joinPath(configDir, `network/${name}.toml`));
}

async function resolve(args: Arguments, host: Host): Promise<Resolution> {
  const [defaultFile = "", profileFile] = configFiles(args);
  const layers = [await loadDefault(defaultFile, host)];
  if (profileFile !== undefined && args.profile !== undefined) {
    layers.push(await loadProfile(args.profile, profileFile, host));
  }
  return resolveConfig([...layers, ...args.settings.map(readSettingLayer)]);
}

async function loadDefault(file: string, host: Host): Promise<Layer> {
  try {
    return readFileLayer("default", file, await host.readText(file));
  } catch (error) {
    return failedLayer(readProblem(error, file, "name the folder that holds network/ with -c"));
  }
}

async function loadProfile(profile: string, file: string, host: Host): Promise<Layer> {
  if (!/^(?!\.)[^\\/\p{Cc}]+$/u.test(profile)) {
    const message = `Profile "${profile}" is no plain name, wanted that of a file beside ` +
      `${joinPath(folderOf(file), "default.toml")} without its folder, such as bob`;
    return failedLayer({ message });
  }
  try {
    return readFileLayer("profile", file, await host.readText(file));
  } catch (error) {
    return failedLayer(readProblem(error, file, await profileAdvice(profile, file, host)));
  }
}

async function profileAdvice(profile: string, file: string, host: Host): Promise<string> {
  const names = await host.listFolder(folderOf(file)).catch(() => []);
  const profiles = names.filter((name) => name.endsWith(".toml") && name !== "default.toml")
    .map((name) => name.slice(0, -".toml".length)).sort();
  return profiles.length === 0
    ? `there is no profile "${profile}", nor any other`
    : `there is no profile "${profile}", those that exist are ${profiles.join(", ")}`;
}

async function loadTargets(file: string, host: Host): Promise<Address[]> {
  let text: string;
  try {
    text = await host.readText(file);
  } catch (error) {
    throw new ConfigError([
      readProblem(error, file, `${TARGET_KEY} names it, and [] is enough in it`),
    ]);
  }
  return parseTargets(text, file);
}

/**
 * A file that could not be read, as a problem.
 *
 * @param advice what to do when it does not exist
 */
function readProblem(error: unknown, file: string, advice: string): Problem {
  if (!(error instanceof HostError)) throw error;
  switch (error.kind) {
    case "not-found":
      return { message: `File not found, ${advice}`, file };
    case "not-permitted":
      return { message: `${error.detail}; ${permissionAdvice(folderOf(file))}`, file };
    case "other":
      return { message: `Cannot be read: ${error.detail}`, file };
    default:
      return error.kind satisfies never;
  }
}

/** Deno's own hint, a lone --allow-read, would take away the folders that are allowed already. */
function permissionAdvice(folder: string): string {
  return `put "${folder}" into read of permissions.node in deno.json, or run deno with ` +
    `-P=node --allow-read=config,profiles,${folder}; a folder of reports needs the same for write`;
}
