/**
 * Stands in for `@std/cli` over `minimist`, from which its parser descends. Three differences are
 * evened out: `--no-x` negates only what is `negatable`, a repeated option keeps its last value
 * unless it is to be collected, and `unknown` is told the key and value as well.
 */

import minimist from "minimist";

/** What {@linkcode parseArgs} shall know of the options. */
export interface ParseOptions<
  S extends string = string,
  B extends string = string,
  C extends string = string,
> {
  /** Options that take a text. */
  string?: readonly S[];
  /** Options that are on or off. */
  boolean?: readonly B[];
  /** Options that may be repeated and come as a list. */
  collect?: readonly C[];
  /** Booleans that `--no-…` turns off. */
  negatable?: readonly string[];
  /** Other names of an option. */
  alias?: Readonly<Record<string, string | readonly string[]>>;
  /** Everything from the first argument on that is not an option goes to `_` as it is. */
  stopEarly?: boolean;
  /** Keep what follows `--` apart, under that name. */
  "--"?: boolean;
  /** Called for each option not declared and each other argument; `false` leaves it out. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** What {@linkcode parseArgs} returns: the options by name, and the other arguments as `_`. */
export type Args<S extends string, B extends string, C extends string> =
  & { [K in Exclude<S, C | "_">]?: string | undefined }
  & { [K in Exclude<B, C>]: boolean }
  & { [K in C & S]: string[] }
  & { [K in C & B]: boolean[] }
  & { _: (string | number)[]; "--"?: string[]; [name: string]: unknown };

/** Reads command-line arguments. */
export function parseArgs<
  const S extends string = never,
  const B extends string = never,
  const C extends string = never,
>(args: readonly string[], options: ParseOptions<S, B, C> = {}): Args<S, B, C> {
  const { collect = [], negatable = [], unknown, alias = {} } = options;
  const spelling = new Map<string, string>();
  const parsed: Record<string, unknown> = minimist(guardNegations(args, negatable, spelling), {
    string: [...options.string ?? []],
    boolean: [...options.boolean ?? []],
    alias: Object.fromEntries(Object.entries(alias).map(([name, more]) => [name, [more].flat()])),
    stopEarly: options.stopEarly ?? false,
    "--": options["--"] ?? false,
    ...unknown && {
      unknown: (given: string) => {
        const arg = spelling.get(given) ?? given;
        const [, key, value] = /^--?([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
        return unknown(arg, key, key === undefined ? undefined : value ?? true) !== false;
      },
    },
  });
  const collected = withAliases(collect, alias);
  for (const name of collected) {
    parsed[name] = parsed[name] === undefined ? [] : [parsed[name]].flat();
  }
  for (const [name, value] of Object.entries(parsed)) {
    if (name === "_" || name === "--" || collected.has(name)) continue;
    if (Array.isArray(value)) parsed[name] = value.at(-1);
  }
  return parsed as Args<S, B, C>;
}

/** `--no-x` as an option of that very name where x is not negatable. */
function guardNegations(
  args: readonly string[],
  negatable: readonly string[],
  spelling: Map<string, string>,
): string[] {
  const end = args.indexOf("--");
  return args.map((arg, at) => {
    const [, name] = /^--no-([^=]+)$/.exec(arg) ?? [];
    if (name === undefined || negatable.includes(name) || (end >= 0 && at > end)) return arg;
    const guarded = `${arg}=true`;
    spelling.set(guarded, arg);
    return guarded;
  });
}

function withAliases(
  names: readonly string[],
  alias: Readonly<Record<string, string | readonly string[]>>,
): Set<string> {
  const all = new Set(names);
  for (const [name, more] of Object.entries(alias)) {
    const group = [name, ...[more].flat()];
    if (group.some((each) => all.has(each))) { for (const each of group) all.add(each); }
  }
  return all;
}
