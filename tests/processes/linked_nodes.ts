/** Real nodes that are linked as a plan says, with the command line and the control sockets to reach them. */

import type { ControlClient } from "../../src/control/client.ts";
import type { Result } from "../../src/control/methods.ts";
import { connectControl } from "../../src/io/control_client.ts";
import { type Outcome, Program } from "../io/program.ts";
import { ProjectCopy, type RunningNode } from "./project_copy.ts";

/** Whom each profile dials, in the order in which they start. */
export type Plan = Readonly<Record<string, readonly string[]>>;

/** As the profiles are shipped: from alice to erin there are two ways, and both have relays. */
export const RING: Plan = {
  alice: [],
  dave: ["alice"],
  erin: ["dave"],
  carol: ["erin"],
  bob: ["alice", "carol"],
};

/** The only way from alice to erin leads over dave. */
export const CHAIN: Plan = { alice: [], dave: ["alice"], erin: ["dave"] };

/** As users run the command line. */
const RUN = ["run", "-q", "-P=node", "--no-prompt", "--import-map=.imports.json", "main.ts"];

/** Settings of nodes, below `network.controller`. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

export class LinkedNodes implements AsyncDisposable {
  readonly project = new ProjectCopy();
  readonly #nodes = new Map<string, RunningNode>();
  readonly #addresses = new Map<string, string>();
  readonly #clients: ControlClient[] = [];

  /** Starts the nodes of a plan, and waits until each of them knows all links and how fast they are. */
  static async start(plan: Plan, settings: Settings = {}): Promise<LinkedNodes> {
    const linked = new LinkedNodes();
    try {
      for (const [profile, targets] of Object.entries(plan)) {
        await linked.add(profile, targets.map((target) => linked.address(target)), settings);
      }
      await linked.untilLinked(Object.values(plan).flat().length);
      return linked;
    } catch (error) {
      await linked[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Starts one more node, which dials these addresses and no others, and waits until it listens. */
  async add(profile: string, targets: string[], settings: Settings = {}): Promise<void> {
    const node = this.project.node(profile, {
      targets,
      settings: { "peers.min_link_count": 0, ...settings },
    });
    this.#nodes.set(profile, node);
    this.#addresses.set(profile, await node.address());
  }

  /** Waits until every node knows so many links, from both ends, and how fast they are. */
  async untilLinked(links: number): Promise<void> {
    const isWhole = (map: Result<"map">) => map.links.filter(isMeasured).length === links;
    await Promise.all(this.#nodes.keys().map((profile) => this.untilMap(profile, isWhole)));
  }

  /** Where the node of a profile listens. */
  address(profile: string): string {
    return this.#addresses.get(profile) ?? "";
  }

  /** The node of a profile. */
  node(profile: string): RunningNode {
    const node = this.#nodes.get(profile);
    if (node === undefined) throw new Error(`${profile} was not started`);
    return node;
  }

  /** Where programs talk to the node of a profile. */
  socket(profile: string): string {
    return `${this.project.path}/profiles/${profile}/control.sock`;
  }

  /** A connection to the node of a profile, which ends with the nodes. */
  async control(profile: string): Promise<ControlClient> {
    const client = await connectControl(this.socket(profile));
    this.#clients.push(client);
    return client;
  }

  /** Waits until the map that a node has is as wanted. */
  async untilMap(profile: string, isWanted: (map: Result<"map">) => boolean): Promise<void> {
    const client = await this.control(profile);
    const enough = new AbortController();
    await client.call("map", { watch: true }, {
      signal: enough.signal,
      onEvent: (map) => {
        if (isWanted(map)) enough.abort();
      },
    });
    client.close();
  }

  /** A command for the node of a profile, as users give it. */
  command(profile: string, ...args: string[]): Program {
    return this.project.run("-p", profile, ...args);
  }

  /** What such a command printed, and how it ended. */
  async ask(profile: string, ...args: string[]): Promise<Outcome> {
    await using program = this.command(profile, ...args);
    return await program.outcome();
  }

  /** The same with `input` to read. */
  async feed(input: Uint8Array, profile: string, ...args: string[]): Promise<Outcome> {
    const file = `${this.project.path}/input`;
    Deno.writeFileSync(file, input);
    await using program = new Program("sh", {
      args: ["-c", 'exec "$@" < "$0"', file, Deno.execPath(), ...RUN, "-p", profile, ...args],
      cwd: this.project.path,
    });
    return await program.outcome();
  }

  /** A command whose standard input is typed by the test. */
  typed(profile: string, ...args: string[]): Program {
    return new Program(Deno.execPath(), {
      args: [...RUN, "-p", profile, ...args],
      cwd: this.project.path,
      typed: true,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.close();
    for (const node of this.#nodes.values()) await node[Symbol.asyncDispose]();
    this.project[Symbol.dispose]();
  }
}

function isMeasured({ rtt_us: rttUs, claimed_by: claimedBy }: Result<"map">["links"][number]) {
  return rttUs !== null && claimedBy === "both";
}
