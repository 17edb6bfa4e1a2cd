/**
 * Layers: what a file or a `-s` setting says, as a list of keys and values that still know where
 * they were written. Nothing is checked here but the syntax.
 */

import { canonicalKey, KEYS, TABLES } from "./keys.ts";
import type { Place, Problem } from "./problem.ts";
import { conceal, concealSetting } from "./secrets.ts";
import { readToml, TomlError } from "./toml.ts";

/** Where a value comes from. */
export type Origin =
  | { layer: "built in" }
  /** A program that runs the node in its own process. */
  | { layer: "program" }
  | { layer: "default" | "profile"; file: string; line?: number }
  /** A `-s` setting. */
  | { layer: "command line"; setting: string }
  /** A short form, or what goes without saying where it is given. */
  | { layer: "command line"; option: string };

/** One value that a layer gives. */
export interface Entry {
  /** The dotted key as written: it may be unknown, an alias, or a table. */
  key: string;
  value: unknown;
  origin: Origin;
}

/** What one source says. */
export interface Layer {
  entries: readonly Entry[];
  problems: readonly Problem[];
}

/** The layer of a configuration file's text. */
export function readFileLayer(layer: "default" | "profile", file: string, text: string): Layer {
  try {
    const { values, lines } = readToml(text, conceal);
    const entries = [...leavesOf(values, "")].map(([key, value]): Entry => {
      const line = lines.get(key);
      return { key, value, origin: { layer, file, ...(line !== undefined && { line }) } };
    });
    return { entries, problems: [] };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return failedLayer({ message: error.message, file, ...error.at });
  }
}

/**
 * The layer of one `-s` setting: `KEY=VALUE`, where the value is TOML, or a bare word where the key
 * holds a text. Keys may be quoted as a whole, as in `"network.controller.d2" = true`.
 */
export function readSettingLayer(setting: string): Layer {
  const equals = setting.indexOf("=");
  const key = plainKey(setting.slice(0, Math.max(equals, 0)));
  if (key === "") {
    const message = "Wanted KEY=VALUE, such as network.controller.d2=true";
    return failedLayer({ message, setting });
  }
  const shown = concealSetting(setting, key);
  const origin: Origin = { layer: "command line", setting: shown };
  const word = setting.slice(equals + 1).trim();
  const bare: Layer = { entries: [{ key, value: word, origin }], problems: [] };
  if (holdsText(key) && !/^["']/.test(word)) return bare;
  try {
    const leaves = [...leavesOf(readToml(setting, conceal).values, "")];
    return { entries: leaves.map(([key, value]) => ({ key, value, origin })), problems: [] };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // Checked like any other value, so that the message can say what the key wants.
    if (!/^["'{[]/.test(word)) return bare;
    return failedLayer({ message: error.message, key, setting: shown });
  }
}

/** The layer of settings that a program gives, by their dotted keys. */
export function readProgramLayer(settings: Readonly<Record<string, unknown>>): Layer {
  const origin: Origin = { layer: "program" };
  const entries = Object.entries(settings).map(([key, value]) => ({ key, value, origin }));
  return { entries, problems: [] };
}

/** A layer that could not be had at all. */
export function failedLayer(problem: Problem): Layer {
  return { entries: [], problems: [problem] };
}

/** An origin in words, as in `profile config/network/bob.toml:4` or `command line --port`. */
export function describeOrigin(origin: Origin): string {
  if ("option" in origin) return `${origin.layer} ${origin.option}`;
  if (!("file" in origin)) return origin.layer;
  return `${origin.layer} ${origin.file}${origin.line === undefined ? "" : `:${origin.line}`}`;
}

/** The place of an origin, for a problem. */
export function placeOf(origin: Origin): Place {
  const { layer: _, ...place } = origin;
  return place;
}

/**
 * The values below a table by their dotted keys. Only known tables are opened: what stands in an
 * unknown one would each be reported, where the table's name is the one thing that is wrong.
 */
function* leavesOf(table: Record<string, unknown>, prefix: string): Generator<[string, unknown]> {
  for (const [part, value] of Object.entries(table)) {
    const key = prefix + part;
    if (TABLES.has(key) && isTable(value)) yield* leavesOf(value, `${key}.`);
    else yield [key, value];
  }
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Date);
}

function plainKey(text: string): string {
  return text.replace(/["']/g, "").split(".").map((part) => part.trim()).join(".");
}

function holdsText(key: string): boolean {
  return typeof KEYS.get(canonicalKey(key))?.initial === "string";
}
