/**
 * Stands in for `@std/log` as far as `src/io/log.ts` needs it, with no package beneath: that much is
 * a loop over handlers, and the best kept logger on npm, LogTape, takes as long to load as all of
 * Deno.
 */

const LEVELS = { DEBUG: 10, INFO: 20, WARN: 30, ERROR: 40 } as const;

/** A level's name. */
export type LevelName = keyof typeof LEVELS;

/** One thing that was logged. */
export class LogRecord {
  readonly msg: string;
  readonly args: unknown[];
  readonly datetime: Date = new Date();
  readonly levelName: LevelName;
  readonly loggerName: string;

  constructor(loggerName: string, levelName: LevelName, msg: string, args: unknown[]) {
    this.loggerName = loggerName;
    this.levelName = levelName;
    this.msg = msg;
    this.args = args;
  }
}

/** What every handler takes. */
export interface BaseHandlerOptions {
  /** Turns a record into the line to write. */
  formatter: (record: LogRecord) => string;
}

/** Writes the records of its level and above somewhere. */
export abstract class BaseHandler {
  readonly levelName: LevelName;
  readonly #formatter: (record: LogRecord) => string;

  constructor(levelName: LevelName, { formatter }: BaseHandlerOptions) {
    this.levelName = levelName;
    this.#formatter = formatter;
  }

  handle(record: LogRecord): void {
    if (LEVELS[record.levelName] >= LEVELS[this.levelName]) this.log(this.#formatter(record));
  }

  /** Writes one line, whatever its level. */
  abstract log(line: string): void;
}

/** What a {@linkcode ConsoleHandler} takes. */
export interface ConsoleHandlerOptions extends BaseHandlerOptions {
  /** The original colours lines unless told not to; this one never does. */
  useColors: false;
}

/** Writes to the console. */
export class ConsoleHandler extends BaseHandler {
  constructor(levelName: LevelName, options: ConsoleHandlerOptions) {
    super(levelName, options);
  }

  override log(line: string): void {
    console.log(line);
  }
}

/** Hands what is logged at its level and above to its handlers. */
export class Logger {
  readonly loggerName: string;
  readonly levelName: LevelName;
  readonly handlers: readonly BaseHandler[];

  constructor(
    loggerName: string,
    levelName: LevelName,
    { handlers }: { handlers: readonly BaseHandler[] },
  ) {
    this.loggerName = loggerName;
    this.levelName = levelName;
    this.handlers = handlers;
  }

  debug(msg: string, ...args: unknown[]): void {
    this.#log("DEBUG", msg, args);
  }

  info(msg: string, ...args: unknown[]): void {
    this.#log("INFO", msg, args);
  }

  warn(msg: string, ...args: unknown[]): void {
    this.#log("WARN", msg, args);
  }

  error(msg: string, ...args: unknown[]): void {
    this.#log("ERROR", msg, args);
  }

  #log(levelName: LevelName, msg: string, args: unknown[]): void {
    if (LEVELS[levelName] < LEVELS[this.levelName]) return;
    const record = new LogRecord(this.loggerName, levelName, msg, args);
    for (const handler of this.handlers) handler.handle(record);
  }
}
