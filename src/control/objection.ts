/** What is wrong with a request, in one sentence for the first thing found. */

import type * as z from "zod";
import { visible } from "../report/visible.ts";

/** How much of a value that was met is repeated. */
const LONGEST_SHOWN = 40;

/** What people call the types that the schema names. */
const TYPES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "an object",
};

/** A value that is not as it should be, short and safe to show. */
export function showValue(value: unknown): string {
  switch (typeof value) {
    case "string": {
      const isLong = value.length > LONGEST_SHOWN;
      return visible(JSON.stringify(isLong ? `${value.slice(0, LONGEST_SHOWN)}…` : value));
    }
    case "number":
    case "boolean":
    case "undefined":
      return String(value);
    case "object":
      return value === null ? "null" : Array.isArray(value) ? "a list" : "an object";
    default:
      return `a ${typeof value}`;
  }
}

/** What is checked, in words. */
export interface Subject {
  /** As in "The request". */
  whole: string;
  /** Of its fields, as in "Parameter peer of send". */
  nameOf(field: string): string;
  /** The fields that it can have. */
  fields: readonly string[];
  /** What it has where it can have none, as in "no parameters". */
  none: string;
}

/** The sentence for one issue that the schema found with `input`. */
export function objection(
  issue: z.core.$ZodIssue,
  input: unknown,
  { whole, nameOf, fields, none }: Subject,
): string {
  if (issue.code === "unrecognized_keys") {
    const known = fields.length === 0 ? none : oneOf(fields);
    return `${nameOf(nameOrValue(issue.keys[0] ?? ""))} is unknown, wanted ${known}`;
  }
  const met = valueAt(input, issue.path);
  if (issue.path.length === 0) return `${whole} is ${showValue(met)}, wanted ${wanted(issue)}`;
  const state = met === undefined ? "missing" : showValue(met);
  return `${nameOf(issue.path.join("."))} is ${state}, wanted ${wanted(issue)}`;
}

/** A name as it is where it reads well, else shown like a value. */
function nameOrValue(name: string): string {
  return /^\w{1,40}$/.test(name) ? name : showValue(name);
}

/** As in "peer, text or data". */
function oneOf(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

function wanted(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return TYPES[issue.expected] ?? issue.expected;
    case "too_small":
      return `${issue.inclusive ? "at least" : "more than"} ${limit(issue.minimum, issue.origin)}`;
    case "too_big":
      return `${issue.inclusive ? "at most" : "less than"} ${limit(issue.maximum, issue.origin)}`;
    case "invalid_format":
      return issue.format;
    case "invalid_value":
      return oneOf(issue.values.map(String));
    default:
      return issue.message;
  }
}

function limit(count: number | bigint, origin: string): string {
  if (origin !== "string") return String(count);
  return count === 1 ? "1 character" : `${count} characters`;
}
