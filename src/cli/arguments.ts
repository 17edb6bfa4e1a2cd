/** The options and words of the command line. */

import { parseArgs } from "@std/cli";
import { nearest } from "../config/nearest.ts";
import { type GivenForms, SHORT_FORMS } from "../config/short_forms.ts";
import { readDuration } from "./duration.ts";
import { COMMAND_OPTIONS, type CommandOption, OPTIONS, SINGLE_DASHED } from "./options.ts";
import { UsageError } from "./usage_error.ts";

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
  /** Which of the options were given that belong to certain commands. */
  given: readonly CommandOption[];
  /** Whether to print for programs. */
  json: boolean;
  watch: boolean;
  d2: boolean;
  tree: boolean;
  open: boolean;
  /** Members of a room, as people call them. */
  to: readonly string[];
  id?: string;
  trace: boolean;
  timeoutMs?: number;
  follow: boolean;
  sinceMs?: number;
  count?: number;
  /** Where servers are, by the option that says so. */
  servers: ReadonlyMap<ServerOption, string>;
  /** Whether private addresses are introduced, where that was said. */
  allowsPrivate?: boolean;
  help: boolean;
  version: boolean;
}

/** Options that each name a server's address. */
const SERVER_OPTIONS = [
  "chain-addr",
  "dis-addr",
  "echo-addr",
  "chain",
  "repair",
  "echo",
] as const satisfies readonly CommandOption[];

/** An option that names a server's address. */
export type ServerOption = typeof SERVER_OPTIONS[number];

/** Most round trips that can be asked for. */
export const MAX_COUNT = 1_000_000;

/**
 * Reads the command line. Options may stand before or after the command, up to a lone `--`; of an
 * option that is given many times the last one counts, except for settings, targets and members of a
 * room, which are all kept.
 *
 * @throws {UsageError} for an unknown option, one without its value, or one with a value of no use
 */
export function readArguments(args: readonly string[]): Arguments {
  const valued = OPTIONS.filter(({ value }) => value !== undefined).map(({ name }) => name);
  const parsed: Record<string, unknown> = parseArgs(guard(args), {
    // Words too: the beginning of a node id may look like a number, as 2e5 does.
    string: ["_", ...valued],
    collect: valued,
    boolean: FLAGS,
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
  const id = valuesOf("id").at(-1);
  const timeout = valuesOf("timeout").at(-1);
  const since = valuesOf("since").at(-1);
  const count = valuesOf("count").at(-1);
  const servers = SERVER_OPTIONS.flatMap((name) => {
    const address = valuesOf(name).at(-1);
    return address === undefined ? [] : [[name, address] as const];
  });
  const privacy = valuesOf("private").at(-1);
  const shortForms = SHORT_FORMS.map(({ name }) => [name, valuesOf(name)] as const);
  return {
    words: parsed._ as string[],
    ...(configDir !== undefined && { configDir }),
    ...(profile !== undefined && { profile }),
    settings: valuesOf("setting"),
    shortForms: new Map(shortForms.filter(([, values]) => values.length > 0)),
    given: COMMAND_OPTIONS.map(({ name }) => name).filter((name) => isGiven(parsed[name])),
    json: parsed.json === true,
    watch: parsed.watch === true,
    d2: parsed.d2 === true,
    tree: parsed.tree === true,
    open: parsed.open === true,
    to: valuesOf("to"),
    ...(id !== undefined && { id }),
    trace: parsed.trace === true,
    ...(timeout !== undefined && { timeoutMs: readDuration(timeout, "--timeout") }),
    follow: parsed.follow === true,
    ...(since !== undefined && { sinceMs: readDuration(since, "--since") }),
    ...(count !== undefined && { count: readCount(count) }),
    servers: new Map(servers),
    ...(privacy !== undefined && { allowsPrivate: readPrivacy(privacy) }),
    help: parsed.help === true,
    version: parsed.version === true,
  };
}

const FLAGS = OPTIONS.filter(({ value }) => value === undefined).map(({ name }) => name);

/**
 * Keeps three habits of the parser from harm: it takes a "true" or "false" behind a flag for its value,
 * and so a word out of `send erin --trace false alarm`; it takes `-_` for its own list of words; and
 * it takes `-chain-addr` for many options of one letter.
 */
function guard(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  return args.map((arg, at) => {
    if (end >= 0 && at > end) return arg;
    if (/^--?_/.test(arg)) refuseUnknown(arg);
    if (isSingleDashed(arg)) return `-${arg}`;
    return arg.startsWith("--") && FLAGS.includes(arg.slice(2)) ? `${arg}=true` : arg;
  });
}

function isSingleDashed(arg: string): boolean {
  return SINGLE_DASHED.some((name) => arg === `-${name}` || arg.startsWith(`-${name}=`));
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value === true;
}

function readCount(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MAX_COUNT) return count;
  throw new UsageError(`Option --count is "${text}", wanted a whole number from 1 to ${MAX_COUNT}`);
}

function readPrivacy(text: string): boolean {
  if (text === "allow" || text === "refuse") return text === "allow";
  throw new UsageError(`Option --private is "${text}", wanted allow or refuse`);
}

function refuseUnknown(arg: string): boolean {
  if (!/^-./.test(arg)) return true;
  const [name = arg] = arg.split("=");
  const meant = nearest(name, OPTIONS.map((option) => `--${option.name}`));
  throw new UsageError(
    meant === undefined
      ? `Unknown option ${name}; words that begin with a dash go behind a lone --`
      : `Unknown option ${name}, did you mean ${meant}?`,
  );
}

function spelling(name: string): string {
  const { short, value } = OPTIONS.find((option) => option.name === name) ?? {};
  const long = `--${name} ${value}`;
  return short === undefined ? long : `-${short} (${long})`;
}
