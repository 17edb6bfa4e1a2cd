/**
 * A line of the console as words. Quotes count only around a whole word: people type messages here,
 * and an apostrophe must not swallow the rest of the line, as it would in a shell.
 */
export function splitWords(line: string): string[] {
  return Array.from(line.matchAll(WORD), ([whole, double, single]) => double ?? single ?? whole);
}

const WORD = /"([^"]*)"(?!\S)|'([^']*)'(?!\S)|\S+/g;

/** A line of the console that is still being typed. */
export interface UnfinishedLine {
  /** The words before the one being typed. */
  before: readonly string[];
  /** The one being typed, as it stands there: with a quote where one was opened. */
  stem: string;
}

/** Takes apart what stands before the cursor. */
export function splitUnfinished(line: string): UnfinishedLine {
  const [stem = ""] = /(?<!\S)(?:"[^"]*|'[^']*|\S*)$/.exec(line) ?? [];
  return { before: splitWords(line.slice(0, line.length - stem.length)), stem };
}
