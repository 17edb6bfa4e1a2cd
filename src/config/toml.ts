/**
 * Reading and writing TOML. Two parsers share the reading: `@std/toml` says what the values are,
 * and `toml-eslint-parser` where they stand and where a text stops being TOML.
 */

import { parse } from "@std/toml";
import { type AST, ParseError, parseTOML } from "toml-eslint-parser";

/** A TOML text that was read. */
export interface TomlDocument {
  values: Record<string, unknown>;
  /** The line, from 1, on which each key and table is first named, by its dotted path. */
  lines: ReadonlyMap<string, number>;
}

/** A text that is not TOML. */
export class TomlError extends SyntaxError {
  override readonly name = "TomlError";
  /** Counted from 1; absent where the parser does not tell. */
  readonly at?: { line: number; column: number };

  constructor(message: string, at?: { line: number; column: number }) {
    super(message);
    if (at !== undefined) this.at = at;
  }
}

/**
 * Reads a TOML text.
 *
 * @param conceal takes secrets out of a line that a message is going to show
 * @throws {TomlError} saying where it stops being TOML, and why
 */
export function readToml(text: string, conceal = (line: string) => line): TomlDocument {
  const lines = new Map<string, number>();
  try {
    noteLines(parseTOML(text).body[0].body, "", lines);
    return { values: parse(text), lines };
  } catch (error) {
    throw error instanceof ParseError ? syntaxError(error, text, conceal) : otherError(error);
  }
}

/** What a setting can hold as TOML; in a message, where other values can turn up, their kind in words. */
export function formatToml(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof Date) return "a date";
  if (Array.isArray(value)) return formatArray(value);
  if (typeof value === "object") return "a table";
  if (value === Infinity) return "inf";
  if (value === -Infinity) return "-inf";
  return Number.isNaN(value) ? "nan" : String(value);
}

function formatArray(values: readonly unknown[]): string {
  const isTexts = values.every((value) => typeof value === "string");
  return isTexts ? `[${values.map(formatToml).join(", ")}]` : "an array";
}

function noteLines(
  nodes: readonly (AST.TOMLKeyValue | AST.TOMLTable)[],
  prefix: string,
  lines: Map<string, number>,
): void {
  for (const node of nodes) {
    let path = prefix;
    for (const part of node.key.keys) {
      path += (path === "" ? "" : ".") + (part.type === "TOMLBare" ? part.name : part.value);
      if (!lines.has(path)) lines.set(path, part.loc.start.line);
    }
    if (node.type === "TOMLTable") noteLines(node.body, path, lines);
    else if (node.value.type === "TOMLInlineTable") noteLines(node.value.body, path, lines);
  }
}

function syntaxError(
  { message, lineNumber, column }: ParseError,
  text: string,
  conceal: (line: string) => string,
): TomlError {
  const rows = text.split(/\r?\n/);
  const above = rows[lineNumber - 2]?.trimEnd() ?? "";
  // A value that is missing is noticed at the start of the next line, where nobody would look.
  if (column === 0 && above.endsWith("=")) {
    const at = { line: lineNumber - 1, column: above.length + 1 };
    return new TomlError("Not TOML: a value is missing after the equals sign", at);
  }
  const row = conceal((rows[lineNumber - 1] ?? "").trim());
  const hint = message === "Unexpected character" ? ", text is written in quotes" : "";
  return new TomlError(
    `Not TOML: ${message.charAt(0).toLowerCase()}${message.slice(1)} in ${row}${hint}`,
    { line: lineNumber, column: column + 1 },
  );
}

/** The two parsers differ in rarities, such as numbers too large to hold exactly. */
function otherError(error: unknown): unknown {
  if (!(error instanceof SyntaxError)) return error;
  const [, line, column, reason = error.message] =
    /on line (\d+), column (\d+): (.+)/.exec(error.message) ?? [];
  const at = line === undefined ? undefined : { line: Number(line), column: Number(column) };
  return new TomlError(`Not TOML: ${reason}`, at);
}
