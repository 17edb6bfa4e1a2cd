/** What is wrong with a configuration, said so that a person can put it right. */

/** Where a value was written; empty when it was written nowhere. */
export interface Place {
  file?: string;
  /** Counted from 1. */
  line?: number;
  /** Counted from 1. */
  column?: number;
  /** A `-s` setting of the command line, as it was given but for secrets. */
  setting?: string;
  /** A short form on the command line, such as `--port`. */
  option?: string;
}

/** One thing to put right. */
export interface Problem extends Place {
  message: string;
  /** The dotted key concerned, where there is one. */
  key?: string;
}

/** A configuration that cannot be used, with everything that is wrong with it. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly Problem[];

  /** @param problems at least one */
  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join("\n"));
    this.problems = problems;
  }
}

/** A problem in one line, its place first, as compilers write it: editors make links of that. */
export function formatProblem({ message, file, line, column, setting, option }: Problem): string {
  if (setting !== undefined) return `-s ${setting}: ${message}`;
  if (option !== undefined) return `${option}: ${message}`;
  const place = [file, line, column].filter((part) => part !== undefined).join(":");
  return place === "" ? message : `${place}: ${message}`;
}
