/**
 * Layers become one configuration: later ones override earlier ones, every value is checked on its
 * own, overridden or not, and then the values are checked against each other. All problems are
 * collected, since a person would rather mend a file once than six times.
 */

import type { Value } from "./fields.ts";
import { canonicalKey, type Key, KEYS, suggestKey, TABLES } from "./keys.ts";
import { describeOrigin, type Entry, type Layer, type Origin, placeOf } from "./layer.ts";
import type { Problem } from "./problem.ts";
import { type Config, configSchema } from "./schema.ts";
import { showValue } from "./secrets.ts";
import { formatToml } from "./toml.ts";

/** A value in force and where it comes from. */
export interface Setting {
  value: Value;
  origin: Origin;
}

/** What came of the layers. */
export interface Resolution {
  /** Fit to run with only when there are no problems: bad values are left out of it. */
  config: Config;
  /** Every setting by its dotted key, in the order of the schema. */
  settings: ReadonlyMap<string, Setting>;
  problems: readonly Problem[];
}

/**
 * Puts layers over the built-in defaults.
 *
 * @param layers lowest first
 */
export function resolveConfig(layers: readonly Layer[]): Resolution {
  const settings = builtIn();
  const problems: Problem[] = [];
  for (const layer of layers) {
    problems.push(...layer.problems);
    const seen = new Map<string, Entry>();
    for (const entry of layer.entries) {
      const key = canonicalKey(entry.key);
      const message = objection(entry, KEYS.get(key)) ?? conflict(entry, seen.get(key));
      seen.set(key, entry);
      if (message === undefined) {
        settings.set(key, { value: entry.value as Value, origin: entry.origin });
      } else {
        problems.push({ message, key, ...placeOf(entry.origin) });
      }
    }
  }
  const config = nested(settings);
  problems.push(...brokenRules(config, settings, problems));
  return { config, settings, problems };
}

function builtIn(): Map<string, Setting> {
  const origin: Origin = { layer: "built in" };
  return new Map([...KEYS.values()].map(({ name, initial }) => [name, { value: initial, origin }]));
}

/** What is wrong with an entry on its own. */
function objection(entry: Entry, key: Key | undefined): string | undefined {
  if (key === undefined) return unknownKey(entry);
  const [issue] = key.schema.safeParse(entry.value).error?.issues ?? [];
  if (issue === undefined) return undefined;
  const [at] = issue.path;
  return Array.isArray(entry.value) && typeof at === "number"
    ? `Entry ${at + 1} of key ${entry.key} is ${formatToml(entry.value[at])}, ${issue.message}`
    : `Key ${entry.key} is ${showValue(key.name, entry.value)}, ${issue.message}`;
}

function unknownKey({ key, value }: Entry): string {
  if (TABLES.has(key)) return `Key ${key} is ${formatToml(value)}, wanted a table`;
  const meant = suggestKey(key);
  return meant === undefined
    ? `Unknown key ${key}, "area-net config schema" lists those there are`
    : `Unknown key ${key}, did you mean ${meant}?`;
}

/** One layer may name a setting twice, by its alias or by quoting its path, but not contradict itself. */
function conflict(entry: Entry, earlier: Entry | undefined): string | undefined {
  if (earlier === undefined || formatToml(earlier.value) === formatToml(entry.value)) {
    return undefined;
  }
  const [value, other] = [entry, earlier].map((each) =>
    showValue(canonicalKey(each.key), each.value)
  );
  const values = `${value} and ${other}`;
  return earlier.key === entry.key
    ? `Key ${entry.key} is given twice, as ${values}, keep one`
    : `Keys ${entry.key} and ${earlier.key} are two names of one setting, given as ${values}, ` +
      `keep ${canonicalKey(entry.key)}`;
}

/** Every value has passed its own check by now, so the whole has the shape that the schema gives. */
function nested(settings: ReadonlyMap<string, Setting>): Config {
  const config: Record<string, unknown> = {};
  for (const [key, { value }] of settings) {
    const parts = key.split(".");
    const last = parts.pop() as string;
    let table = config;
    for (const part of parts) table = (table[part] ??= {}) as Record<string, unknown>;
    table[last] = value;
  }
  return config as Config;
}

/**
 * Values that do not go together. Those that have a problem of their own are not accused again, and
 * none is where a whole file could not be read.
 */
function* brokenRules(
  config: Config,
  settings: ReadonlyMap<string, Setting>,
  problems: readonly Problem[],
): Generator<Problem> {
  const accused = new Set(problems.map((problem) => problem.key));
  if (accused.has(undefined)) return;
  for (const issue of configSchema.safeParse(config).error?.issues ?? []) {
    if (issue.code !== "custom") continue;
    const key = issue.path.join(".");
    const against = [...issue.path.slice(0, -1), issue.params?.against].join(".");
    const [setting, other] = [settings.get(key), settings.get(against)];
    if (accused.has(key) || accused.has(against) || !setting || !other) continue;
    const message = `Key ${key} is ${showValue(key, setting.value)}, ${issue.message}, ` +
      `which is ${showValue(against, other.value)} (${describeOrigin(other.origin)})`;
    yield { message, key, ...placeOf(setting.origin) };
  }
}
