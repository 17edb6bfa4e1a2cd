/** The target file: a JSON array of the addresses that a node starts from. */

import { type Address, parseAddress } from "../base/address.ts";
import { ConfigError, type Problem } from "./problem.ts";

const WANTED = 'wanted a JSON array of addresses, such as ["[::1]:8090", "[::1]:8085"]';

/**
 * Reads the text of a target file.
 *
 * @param file its path, for messages
 * @returns the addresses in normal form, in the order of the file, each once
 * @throws {ConfigError} naming every entry that is wrong, and why
 */
export function parseTargets(text: string, file: string): Address[] {
  const tokens = [...tokensOf(text)];
  const entries = readArray(text, file, tokens);
  const targets = new Set<Address>();
  const problems: Problem[] = [];
  for (const [at, entry] of entries.entries()) {
    try {
      targets.add(readEntry(entry));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      // In a flat array every entry is one token, between its bracket or comma and the next.
      const line = tokens.length === 2 * entries.length + 1 ? tokens[2 * at + 1]?.line : undefined;
      const message = `Entry ${at + 1} of ${entries.length}: ${error.message}`;
      problems.push({ message, file, ...(line !== undefined && { line }) });
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return [...targets];
}

function readArray(text: string, file: string, tokens: readonly Token[]): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const bad = tokens.find((token, at) => !fits(token, at));
    const line = bad?.line ?? tokens.at(-1)?.line ?? 1;
    const met = bad === undefined ? "the text ends too early" : `${bad.text} is out of place`;
    throw new ConfigError([{ message: `Not JSON: ${met}, ${WANTED}`, file, line }]);
  }
  if (Array.isArray(value)) return value;
  const met = value !== null && typeof value === "object" ? "an object" : JSON.stringify(value);
  throw new ConfigError([{ message: `Holds ${met}, ${WANTED}`, file, line: 1 }]);
}

function readEntry(entry: unknown): Address {
  if (typeof entry === "string") return parseAddress(entry);
  throw new SyntaxError(`${JSON.stringify(entry)} is no text, wanted one such as "[::1]:8090"`);
}

interface Token {
  text: string;
  line: number;
}

function* tokensOf(text: string): Generator<Token> {
  let line = 1;
  for (const [token] of text.matchAll(/\n|"(?:[^"\\\n]|\\.)*"|[[\]{},:"]|[^\s[\]{},:"]+/g)) {
    if (token === "\n") line++;
    else yield { text: token, line };
  }
}

/** Whether a token may stand at that place of an array of texts: `[ "…" , "…" ]`. */
function fits({ text }: Token, at: number): boolean {
  if (at === 0) return text === "[";
  return at % 2 === 0 ? text === "," || text === "]" : /^".*"$|^[\w.+-]+$/.test(text);
}
