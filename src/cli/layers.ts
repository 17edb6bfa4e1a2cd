/** The layers that the command line calls for, from the files that the host can read. */

import { HostError } from "../config/host.ts";
import { failedLayer, type Layer, readFileLayer, readSettingLayer } from "../config/layer.ts";
import { resolveConfig } from "../config/resolve.ts";
import { readImplied, readShortForms } from "../config/short_forms.ts";
import type { Arguments } from "./arguments.ts";
import type { Host } from "./host.ts";
import { folderOf, joinPath } from "./path.ts";
import { readProblem } from "./read_problem.ts";

/** Where configuration is found when the command line names no folder. */
const USUAL_FOLDER = "config";

/** What the command line and the files say. */
export interface Layers {
  /** Lowest first. */
  layers: Layer[];
  /** The configuration files among them, lowest first. */
  files: string[];
}

/** Reads every layer; what cannot be read is a problem of its layer. */
export async function readLayers(args: Arguments, host: Host): Promise<Layers> {
  const isAlone = await startsAlone(args, host);
  const files = isAlone ? [] : configFiles(args);
  const [defaultFile, profileFile] = files;
  const defaults = defaultFile === undefined ? [] : [await loadDefault(defaultFile, host)];
  const profile = args.profile !== undefined && profileFile !== undefined
    ? [await loadProfile(args.profile, profileFile, host)]
    : [];
  const layers = [
    ...defaults,
    readImplied(args.shortForms, resolveConfig(defaults).config, isAlone),
    ...profile,
    ...args.settings.map(readSettingLayer),
    readShortForms(args.shortForms),
  ];
  return { layers, files };
}

/**
 * Whether the node runs without files: with a short form, where there is no configuration. A bare
 * `area-net` in the wrong folder is more likely a mistake.
 */
async function startsAlone(args: Arguments, host: Host): Promise<boolean> {
  return args.shortForms.size > 0 && await hasNoFiles(args, host);
}

/** Whether nobody names any configuration, and there is none in the usual place. */
export async function hasNoFiles({ configDir, profile }: Arguments, host: Host): Promise<boolean> {
  if (configDir !== undefined || profile !== undefined) return false;
  try {
    await host.listFolder(USUAL_FOLDER);
    return false;
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    // Where Deno may not look, nobody has meant a configuration to be read.
    return error.kind === "not-found" || error.kind === "not-permitted";
  }
}

function configFiles({ configDir = USUAL_FOLDER, profile }: Arguments): string[] {
  const names = profile === undefined ? ["default"] : ["default", profile];
  return names.map((name) => joinPath(configDir, `network/${name}.toml`));
}

async function loadDefault(file: string, host: Host): Promise<Layer> {
  try {
    return readFileLayer("default", file, await host.readText(file));
  } catch (error) {
    const advice = "name the folder that holds network/ with -c, " +
      "or start without any files in an empty folder, as area-net --port 8080 does";
    return failedLayer(readProblem(error, file, advice));
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
