/** The options and words of the command line. */

import { parseArgs } from "@std/cli";
import { nearest } from "../config/nearest.ts";
import { type GivenForms, SHORT_FORMS } from "../config/short_forms.ts";

/** What the user asked for, not yet understood beyond its syntax. */
export interface Arguments {
  /** What is no option: the command, and what it is to be done to. */
  words: readonly string[];
  /** Folder that holds `network/default.toml`; absent for the one where it is usually found. */
  configDir?: string;
  profile?: string;
  /** `-s` settings in order. */
  settings: readonly string[];
  shortForms: GivenForms;
  /** Whether to print for programs. */
  json: boolean;
  help: boolean;
  version: boolean;
}

/** A command line that cannot be understood. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** One option, for parsing and for the help text. */
export interface Option {
  name: string;
  short?: string;
  /** What its value stands for; absent where it takes none. */
  value?: string;
  help: string;
}

/** Every option. */
export const OPTIONS: readonly Option[] = [
  {
    name: "config-dir",
    short: "c",
    value: "DIR",
    help: "folder that holds network/default.toml (default: config)",
  },
  {
    name: "profile",
    short: "p",
    value: "PROFILE",
    help: "also read network/PROFILE.toml in that folder",
  },
  {
    name: "setting",
    short: "s",
    value: "KEY=VALUE",
    help: "override one setting; may be given many times, the last one wins",
  },
  ...SHORT_FORMS.map(({ name, value, help }) => ({ name, value, help })),
  { name: "json", help: "print the answer as one line of JSON" },
  { name: "help", short: "h", help: "print this text" },
  { name: "version", short: "V", help: "print the version" },
];

/**
 * Reads the command line. Options may stand before or after the command; of an option that is
 * given many times the last one counts, except for settings and targets, which are all kept.
 *
 * @throws {UsageError} for an unknown option or one without its value
 */
export function readArguments(args: readonly string[]): Arguments {
  const valued = OPTIONS.filter(({ value }) => value !== undefined).map(({ name }) => name);
  const flags = OPTIONS.filter(({ value }) => value === undefined).map(({ name }) => name);
  const parsed: Record<string, unknown> = parseArgs([...args], {
    // Words too: the beginning of a node id may look like a number, as 2e5 does.
    string: ["_", ...valued],
    collect: valued,
    boolean: flags,
    alias: Object.fromEntries(OPTIONS.flatMap(({ name, short }) => short ? [[name, short]] : [])),
    unknown: refuseUnknown,
  });
  const valuesOf = (name: string) => {
    const values = parsed[name] as string[];
    if (values.includes("")) throw new UsageError(`Option ${spelling(name)} wants a value`);
    return values;
  };
  const configDir = valuesOf("config-dir").at(-1);
  const profile = valuesOf("profile").at(-1);
  const shortForms = SHORT_FORMS.map(({ name }) => [name, valuesOf(name)] as const);
  return {
    words: parsed._ as string[],
    ...(configDir !== undefined && { configDir }),
    ...(profile !== undefined && { profile }),
    settings: valuesOf("setting"),
    shortForms: new Map(shortForms.filter(([, values]) => values.length > 0)),
    json: parsed.json === true,
    help: parsed.help === true,
    version: parsed.version === true,
  };
}

function refuseUnknown(arg: string): boolean {
  if (!/^-./.test(arg)) return true;
  const [name = arg] = arg.split("=");
  const meant = nearest(name, OPTIONS.map((option) => `--${option.name}`));
  throw new UsageError(
    `Unknown option ${name}${meant === undefined ? "" : `, did you mean ${meant}?`}`,
  );
}

function spelling(name: string): string {
  const { short, value } = OPTIONS.find((option) => option.name === name) as Option;
  const long = `--${name} ${value}`;
  return short === undefined ? long : `-${short} (${long})`;
}
