/**
 * Stands in for `@std/toml` over `smol-toml`. Where that package differs it is brought in line:
 * a broken text is a `SyntaxError` naming line and column, and tables are ordinary objects.
 */

import { parse as read, stringify as write, TomlDate, TomlError } from "smol-toml";

/**
 * The table that a TOML text holds.
 *
 * @throws {SyntaxError} when the text is not TOML
 */
export function parse(text: string): Record<string, unknown> {
  try {
    return ordinary(read(text)) as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [reason = ""] = error.message.replace("Invalid TOML document: ", "").split("\n");
    throw new SyntaxError(
      `Parse error on line ${error.line}, column ${error.column}: ${reason}`,
      { cause: error },
    );
  }
}

/** The TOML text of a table, one `key = value` a line, sub-tables after it. */
export function stringify(table: Record<string, unknown>): string {
  return write(table);
}

function ordinary(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordinary);
  if (typeof value !== "object" || value === null || value instanceof TomlDate) return value;
  // From entries, not by assignment: a key "__proto__" must stay a key.
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, ordinary(inner)]));
}
