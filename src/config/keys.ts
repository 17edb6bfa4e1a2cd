/**
 * The schema as a flat list of dotted keys, which is how layers, error messages and the command
 * line speak of settings.
 */

import * as z from "zod";
import type { Value } from "./fields.ts";
import { distance, nearest } from "./nearest.ts";
import { configSchema } from "./schema.ts";

/** One setting, as the schema describes it. */
export interface Key {
  /** Dotted, such as `network.controller.listen.port`. */
  name: string;
  /** Checks a value of it alone. */
  schema: z.ZodType;
  /** Its value when no layer says otherwise. */
  initial: Value;
  description: string;
  /** Whether its value must never be printed. */
  isSecret: boolean;
}

/** Every setting by its dotted key, in the order of the schema. */
export const KEYS: ReadonlyMap<string, Key> = new Map(
  [...keysOf(configSchema, "")].map((key) => [key.name, key]),
);

/** Every table by its dotted key. */
export const TABLES: ReadonlySet<string> = new Set([...KEYS.keys()].flatMap(tablesAbove));

/** Other names of settings, kept for the configuration files of the original area-net. */
export const ALIASES: ReadonlyMap<string, string> = new Map([
  ["network.controller.target.path", "network.controller.target.file"],
]);

/** The key by which a setting is known, whichever of its names is given. */
export function canonicalKey(key: string): string {
  return ALIASES.get(key) ?? key;
}

/**
 * The key that was probably meant by one that does not exist, or undefined. Its last part decides,
 * so that a key in the wrong table is led to the right one; the tables above it break a tie, and
 * where it names none, the order of the schema: a bare `port` is the one to listen at.
 */
export function suggestKey(unknown: string): string | undefined {
  const known = [...KEYS.keys(), ...TABLES];
  const name = nearest(lastPart(unknown), known.map(lastPart));
  const meant = known.filter((key) => lastPart(key) === name);
  if (!unknown.includes(".")) return meant[0];
  return meant.sort((a, b) => distance(a, unknown) - distance(b, unknown))[0];
}

function* keysOf(table: z.ZodObject, prefix: string): Generator<Key> {
  for (const [part, field] of Object.entries(table.shape)) {
    const name = prefix + part;
    if (field instanceof z.ZodDefault) {
      const initial = field.def.defaultValue as Value;
      const { description = "", writeOnly } = field.meta() ?? {};
      yield { name, schema: field, initial, description, isSecret: writeOnly === true };
    } else if (field instanceof z.ZodPrefault) {
      yield* keysOf(field.unwrap() as z.ZodObject, `${name}.`);
    }
  }
}

function tablesAbove(key: string): string[] {
  const parts = key.split(".").slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join("."));
}

function lastPart(key: string): string {
  return key.slice(key.lastIndexOf(".") + 1);
}
