/** A running `./start.sh` in a copy of the project, and what may keep it from running here. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Program } from "../io/program.ts";
import { until } from "../io/until.ts";
import { type Drawing, ProjectCopy, readDrawing } from "./project_copy.ts";

/** Where the node of each profile listens. */
export const PORTS: Readonly<Record<string, number>> = {
  alice: 8090,
  bob: 8095,
  carol: 8085,
  dave: 8100,
  erin: 8105,
};

/** The profiles. */
export const NAMES: readonly string[] = Object.keys(PORTS);

/** What a script finds on its PATH to run nodes with. */
export type Runtime = "deno" | "npx";

/** Programs that the script or npx call. */
const NEEDED: Readonly<Record<Runtime, string[]>> = {
  deno: ["bash", "cat", "dirname", "env", "sleep"],
  npx: ["bash", "cat", "dirname", "env", "sleep", "sh", "npx", "node"],
};

/** Why the script cannot be tried here, or undefined when it can. */
export function obstacleTo(runtime: Runtime): string | undefined {
  if (Deno.build.os === "windows") return "it is for bash, which Windows does not have";
  try {
    closeAll(openPorts());
  } catch (error) {
    return `one of the ports ${Object.values(PORTS).join(", ")} is not to be had (${error})`;
  }
  const path = pathFor(runtime);
  if (path === undefined) return `one of ${NEEDED[runtime].join(", ")} is not installed`;
  try {
    return runtime === "deno" || fetchesDeno(path) ? undefined : "npx cannot fetch Deno from here";
  } finally {
    Deno.removeSync(path, { recursive: true });
  }
}

/** The five nodes as a script runs them. */
export class StartScript implements AsyncDisposable {
  readonly program: Program;
  readonly #project = new ProjectCopy();
  readonly #path: string;

  constructor(runtime: Runtime) {
    this.#path = pathFor(runtime) as string;
    this.program = new Program(`${this.#project.path}/start.sh`, {
      typed: true,
      // Not its own folder, which it must find by itself.
      cwd: `${this.#project.path}/profiles`,
      env: { PATH: this.#path },
    });
  }

  /** Whether the `peers.json` of each of `names` names exactly the others of them. */
  allKnowAll(names: readonly string[]): boolean {
    return names.every((name) => {
      const others = names.filter((other) => other !== name);
      const addresses = others.map((other) => `[::1]:${PORTS[other]}`).sort();
      return this.#peersOf(name).join() === addresses.join();
    });
  }

  /** The text of what bob draws. */
  get diagram(): string {
    return this.#project.read("profiles/bob/peers.d2");
  }

  /** What bob draws. */
  drawing(): Drawing {
    return readDrawing(this.diagram);
  }

  /** The log of one node. */
  log(name: string): string {
    return this.#project.read(`profiles/${name}/area-net.log`);
  }

  /** Waits until all nodes listen, and answers with all processes that belong to the script. */
  async untilAllListen(patienceMs?: number): Promise<number[]> {
    const listens = (name: string) => this.log(name).includes("listens on");
    await until(() => this.program.ended || NAMES.every(listens), patienceMs);
    if (this.program.ended) throw new Error(`The script ended: ${this.program.err}`);
    return this.processes();
  }

  /** The script's process and those that come from it, down to the last. */
  processes(): number[] {
    const all = allProcesses();
    const found = [this.program.pid];
    for (const pid of found) {
      found.push(...all.filter(({ parent }) => parent === pid).map(({ pid }) => pid));
    }
    assert(found.length > NAMES.length, `Expected five nodes at least, found ${found}`);
    return found;
  }

  /** Waits for its end, and checks that every node said goodbye and that nothing is left of `before`. */
  async assertEndsCleanly(before: readonly number[]): Promise<void> {
    const { code, out, err } = await this.program.outcome();
    assertEquals(code, 0, err);
    assert(out.endsWith("All nodes are stopped\n"), out);
    for (const name of NAMES) assertMatch(this.log(name), /Leaving, closing \d links?\n$/, name);
    assertEquals(allProcesses().filter(({ pid }) => before.includes(pid)), []);
    closeAll(openPorts());
  }

  #peersOf(name: string): string[] {
    return JSON.parse(this.#project.read(`profiles/${name}/peers.json`) || "[]");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // To kill it before its end would leave its nodes behind.
    await this.program.closeInput();
    await this.program.outcome();
    await this.program[Symbol.asyncDispose]();
    this.#project[Symbol.dispose]();
    Deno.removeSync(this.#path, { recursive: true });
  }
}

function openPorts(): Deno.Listener[] {
  return Object.values(PORTS).map((port) => Deno.listen({ hostname: "::1", port }));
}

function closeAll(listeners: readonly Deno.Listener[]): void {
  for (const listener of listeners) listener.close();
}

/** A folder of nothing but the programs needed, or undefined when one of them is not installed. */
function pathFor(runtime: Runtime): string | undefined {
  const places = (Deno.env.get("PATH") ?? "").split(":");
  const programs = NEEDED[runtime].map((name) => ({
    name,
    target: places.map((place) => `${place}/${name}`).find(isFile),
  }));
  if (runtime === "deno") programs.push({ name: "deno", target: Deno.execPath() });
  if (programs.some(({ target }) => target === undefined)) return undefined;
  const folder = Deno.makeTempDirSync({ prefix: "area-net-path-" });
  for (const { name, target } of programs) Deno.symlinkSync(target as string, `${folder}/${name}`);
  return folder;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function fetchesDeno(path: string): boolean {
  const { success } = new Deno.Command("npx", {
    args: ["-y", "deno@2.9.6", "--version"],
    env: { PATH: path },
    stdout: "null",
    stderr: "null",
  }).outputSync();
  return success;
}

/** All processes of this machine; one that has ended and waits to be reaped is none. */
function allProcesses(): { pid: number; parent: number }[] {
  const ps = new Deno.Command("ps", { args: ["-A", "-o", "pid=,ppid=,stat="] });
  const lines = new TextDecoder().decode(ps.outputSync().stdout).trim().split("\n");
  return lines.flatMap((line) => {
    const [pid, parent, state = ""] = line.trim().split(/\s+/);
    return state.startsWith("Z") ? [] : [{ pid: Number(pid), parent: Number(parent) }];
  });
}
