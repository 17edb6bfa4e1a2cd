/**
 * The log: one line an event, on the console and in a file that is rotated by size. The only user
 * of `@std/log`, so that another library could take its place here alone.
 *
 * The file has a handler of its own rather than the rotating one of `@std/log`, which gathers lines
 * before it writes them and keeps its file open: there a kill loses what was gathered, and a full
 * disk or a removed folder breaks it for good. A node writes a few lines a minute, so opening the
 * file for each costs nothing.
 */

import { BaseHandler, ConsoleHandler, type LevelName, Logger, type LogRecord } from "@std/log";
import type { Level } from "../report/mod.ts";
import { describeFileError } from "./file_error.ts";

/** What a log is opened with. */
export interface LogOptions {
  /** Path of the log file; without it nothing is written to disk. */
  file?: string;
  /** Lines of less weight are left out. */
  level: Level;
  /** A line is `2026-11-21T10:00:00.000Z INFO  text`, or a JSON object. */
  format: "text" | "json";
  /** Bytes that the file may reach; what would go beyond starts a new one. */
  maxSize: number;
  /** How many full files are kept, as `.1` (the newest), `.2` and so on. */
  maxFiles: number;
  /** Whether lines also go to standard output. */
  console: boolean;
}

/** Where lines go. */
export interface Log {
  /** @param fields what the line is about, as data, for the JSON format */
  write(level: Level, text: string, fields?: object): void;
}

/**
 * Opens a log. Never fails: that a file cannot be written is said once on standard error, and so is
 * that it can be written again.
 */
export function openLog(options: LogOptions): Log {
  const levelName = LEVEL_NAMES[options.level];
  const formatter = options.format === "json" ? jsonLine : textLine;
  const handlers: BaseHandler[] = [];
  if (options.console) {
    const colored = options.format === "text" && Deno.stdout.isTerminal() && !Deno.noColor;
    const onConsole = colored ? coloredLine : formatter;
    handlers.push(new Console(levelName, { formatter: onConsole, useColors: false }));
  }
  if (options.file !== undefined) {
    handlers.push(new LogFile(options.file, options, formatter));
  }
  const logger = new Logger("area-net", levelName, { handlers });
  return { write: (level, text, fields = {}) => void logger[level](text, fields) };
}

const LEVEL_NAMES = {
  debug: "DEBUG",
  info: "INFO",
  warn: "WARN",
  error: "ERROR",
} satisfies Record<Level, LevelName>;

function textLine({ datetime, levelName, msg }: LogRecord): string {
  return `${datetime.toISOString()} ${levelName.padEnd(5)} ${msg}`;
}

/** Only trouble has a colour: `@std/log` would make all that is well blue. */
function coloredLine(record: LogRecord): string {
  const color = COLORS[record.levelName];
  const line = textLine(record);
  return color === undefined ? line : `\x1b[${color}m${line}\x1b[0m`;
}

/** SGR codes: yellow and red. */
const COLORS: Readonly<Record<string, string>> = { WARN: "33", ERROR: "31" };

function jsonLine({ datetime, levelName, msg, args: [fields] }: LogRecord): string {
  const line = { time: datetime, level: levelName.toLowerCase(), text: msg };
  return JSON.stringify({ ...line, ...fields as object });
}

class Console extends ConsoleHandler {
  override log(line: string): void {
    unlessClosed(() => super.log(line));
  }
}

/** Appends each line at once, and goes on trying when it cannot. */
class LogFile extends BaseHandler {
  readonly #path: string;
  readonly #limits: { maxSize: number; maxFiles: number };
  #failing = false;

  constructor(
    path: string,
    options: { level: Level; maxSize: number; maxFiles: number },
    formatter: (record: LogRecord) => string,
  ) {
    super(LEVEL_NAMES[options.level], { formatter });
    this.#path = path;
    this.#limits = options;
  }

  override log(line: string): void {
    const bytes = new TextEncoder().encode(`${line}\n`);
    try {
      const size = sizeOf(this.#path);
      if (size > 0 && size + bytes.length > this.#limits.maxSize) this.#rotate();
      Deno.writeFileSync(this.#path, bytes, { append: true });
      if (this.#failing) complain(`Writing ${this.#path} works again`);
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) complain(`Could not write ${this.#path}: ${describeFileError(error)}`);
      this.#failing = true;
    }
  }

  #rotate(): void {
    const { maxFiles } = this.#limits;
    if (maxFiles === 0) Deno.removeSync(this.#path);
    for (let i = maxFiles; i > 0; i--) {
      const older = `${this.#path}.${i}`;
      const newer = i === 1 ? this.#path : `${this.#path}.${i - 1}`;
      if (sizeOf(newer) > 0) Deno.renameSync(newer, older);
    }
  }
}

function complain(text: string): void {
  unlessClosed(() => console.error(text));
}

/** Prints; a terminal that was closed throws then, and its node has yet to leave. */
function unlessClosed(print: () => void): void {
  try {
    print();
  } catch {
    // Nobody is left to read it.
  }
}

/** Bytes of a file, 0 for one that is not there. */
function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
