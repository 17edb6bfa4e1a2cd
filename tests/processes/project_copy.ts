/** A copy of the project, in which real nodes run as users run them and leave no trace here. */

import { Program } from "../io/program.ts";

const PARTS = [
  ".imports.json",
  "config",
  "deno.json",
  "deno.lock",
  "main.ts",
  "src",
  "start.sh",
  "std_npm",
  "tools",
];

/** What a node is started with. */
export interface NodeOptions {
  targets?: string[];
  /** Below `network.controller`. */
  settings?: Record<string, string | number | boolean>;
}

/** The project in a temporary folder; its profiles hold nothing but the target files. */
export class ProjectCopy implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "area-net-" });

  constructor() {
    const root = new URL("../../", import.meta.url);
    const { success, stderr } = new Deno.Command("cp", {
      args: ["-R", ...PARTS, this.path],
      cwd: root,
    }).outputSync();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    for (const { name } of Deno.readDirSync(new URL("config/network/", root))) {
      const profile = name.replace(/\.toml$/, "");
      if (profile === "default") continue;
      const targets = Deno.readTextFileSync(new URL(`profiles/${profile}/${profile}.json`, root));
      this.write(`profiles/${profile}/${profile}.json`, targets);
    }
  }

  write(path: string, text: string): void {
    const whole = `${this.path}/${path}`;
    Deno.mkdirSync(whole.slice(0, whole.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(whole, text);
  }

  /** The text of a file, empty while there is none. */
  read(path: string): string {
    try {
      return Deno.readTextFileSync(`${this.path}/${path}`);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  }

  /** Runs the command line with the permissions that users give it. */
  run(...args: string[]): Program {
    const flags = ["-q", "-P=node", "--no-prompt", "--import-map=.imports.json"];
    return new Program(Deno.execPath(), {
      args: ["run", ...flags, "main.ts", ...args],
      cwd: this.path,
    });
  }

  /** Runs the node of a profile on a port that the system chooses. */
  node(profile: string, { targets = [], settings = {} }: NodeOptions = {}): RunningNode {
    this.write(`profiles/${profile}/${profile}.json`, JSON.stringify(targets));
    const args = Object.entries({ "listen.port": 0, ...settings }).flatMap(([key, value]) => [
      "-s",
      `network.controller.${key}=${value}`,
    ]);
    return new RunningNode(this, profile, this.run("-p", profile, ...args));
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** One node as a process of its own. */
export class RunningNode implements AsyncDisposable {
  readonly program: Program;
  readonly #project: ProjectCopy;
  readonly #profile: string;

  constructor(project: ProjectCopy, profile: string, program: Program) {
    this.#project = project;
    this.#profile = profile;
    this.program = program;
  }

  /** Waits until it listens, and answers with its address. */
  async address(): Promise<string> {
    await this.program.untilSaid("listens on");
    return /listens on (\S+)/.exec(this.program.out)?.[1] ?? "";
  }

  /** Waits until it has heard of the node of that label. */
  async untilLearnt(label: string): Promise<void> {
    await this.program.untilSaid(`Learnt of node ${label} `);
  }

  /** The text of one of its files, empty while there is none. */
  read(file: string): string {
    return this.#project.read(`profiles/${this.#profile}/${file}`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.program[Symbol.asyncDispose]();
  }
}

/** What a diagram shows. */
export interface Drawing {
  nodes: string[];
  /** How many links carry a round-trip time. */
  measured: number;
  /** How many do not. */
  unmeasured: number;
  lost: string[];
}

/** Reads a diagram back. */
export function readDrawing(d2: string): Drawing {
  const lines = d2.split("\n");
  const links = lines.filter((line) => /^\w+ -> \w+/.test(line));
  const measured = links.filter((line) => /: \d+ µs$/.test(line)).length;
  const nodes = lines.filter((line) => /^\w+: "\w+ \\n/.test(line));
  const labelOf = (line: string) => /"(\w+)/.exec(line)?.[1] ?? "";
  return {
    nodes: nodes.map(labelOf).sort(),
    measured,
    unmeasured: links.length - measured,
    lost: nodes.filter((line) => line.includes("{class: lost}")).map(labelOf),
  };
}
