/** Rendezvous servers and members of a line as processes of their own, run as users run them. */

import type { ChainMethods } from "../../src/control/chain_methods.ts";
import type { MethodClient } from "../../src/control/client.ts";
import { connectMethods } from "../../src/io/control_client.ts";
import type { Outcome, Program } from "../io/program.ts";
import { until } from "../io/until.ts";
import { ProjectCopy } from "./project_copy.ts";

/** The servers, on ports that the system chose, and whoever joined by them. */
export class ChainProcesses implements AsyncDisposable {
  readonly servers: Program;
  readonly #project: ProjectCopy;
  readonly #joinOptions: readonly string[];
  readonly #members = new Map<string, MemberProcess>();

  constructor(project: ProjectCopy, servers: Program) {
    this.#project = project;
    this.servers = servers;
    const [chain = "", repair = "", echo = ""] = Array.from(
      servers.out.matchAll(/listens on (\S+)/g),
      ([, address = ""]) => address,
    );
    this.#joinOptions = ["--chain", chain, "--repair", repair, "--echo", echo];
  }

  static async start(): Promise<ChainProcesses> {
    const project = new ProjectCopy();
    const any = "127.0.0.1:0";
    const servers = project.run(
      "rendezvous",
      "-chain-addr",
      any,
      "-dis-addr",
      any,
      "-echo-addr",
      any,
    );
    await servers.untilSaid("The echo server listens on");
    return new ChainProcesses(project, servers);
  }

  /** Starts members one after the other, each once the one before is the end of the line. */
  async grow(...labels: string[]): Promise<MemberProcess[]> {
    const members: MemberProcess[] = [];
    for (const label of labels) {
      const place = `profiles/${label}`;
      this.#project.write(`${place}/${label}.json`, "[]");
      this.#project.write(
        `config/network/${label}.toml`,
        `label = "${label}"\nnetwork.controller.target.file = "${place}/${label}.json"\n`,
      );
      const program = this.#project.run("-p", label, "chain", "join", ...this.#joinOptions);
      const member = new MemberProcess(label, program, `${this.#project.path}/${place}/chain.sock`);
      this.#members.set(label, member);
      await program.untilSaid("Known to the chain server as the end of the line");
      await member.connect();
      members.push(member);
    }
    return members;
  }

  /** What a command printed, and how it ended. */
  async ask(label: string, ...args: string[]): Promise<Outcome> {
    await using program = this.#project.run("-p", label, "chain", ...args);
    return await program.outcome();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const member of this.#members.values()) await member[Symbol.asyncDispose]();
    await this.servers[Symbol.asyncDispose]();
    this.#project[Symbol.dispose]();
  }
}

/** One member. */
export class MemberProcess implements AsyncDisposable {
  readonly label: string;
  readonly program: Program;
  readonly socket: string;
  /** What it heard, in order. */
  readonly heard: string[] = [];
  #client: MethodClient<ChainMethods> | undefined;

  constructor(label: string, program: Program, socket: string) {
    this.label = label;
    this.program = program;
    this.socket = socket;
  }

  /** Begins to listen. */
  async connect(): Promise<void> {
    const client = await connectMethods<ChainMethods>(this.socket);
    this.#client = client;
    client.call("listen", {}, { onEvent: ({ text = "" }) => this.heard.push(text) })
      // A member that is killed ends it.
      .catch(() => {});
  }

  async say(text: string): Promise<void> {
    await this.#client?.call("say", { text });
  }

  /** The labels of the line as it knows it. */
  async line(): Promise<string> {
    const status = await this.#client?.call("status", {});
    return status?.line.map(({ label }) => label).join(" ") ?? "";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client?.close();
    await this.program[Symbol.asyncDispose]();
  }
}

/** Waits until these are the line, and all of them know. */
export async function untilLine(members: readonly MemberProcess[]): Promise<void> {
  const wanted = members.map(({ label }) => label).join(" ");
  for (const member of members) {
    let line = "";
    let isAsking = false;
    await until(() => {
      if (!isAsking) {
        isAsking = true;
        member.line().then((told) => line = told).finally(() => isAsking = false);
      }
      return line === wanted;
    });
  }
}
