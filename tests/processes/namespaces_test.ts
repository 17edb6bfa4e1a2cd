/** Real nodes on machines of their own, between which a cable is pulled and put back. */

import { assertEquals } from "@std/assert";
import { Program } from "../io/program.ts";
import { until } from "../io/until.ts";
import { Namespaces, type Side, whyNoNamespaces } from "./namespaces.ts";
import { ProjectCopy, readDrawing, RunningNode } from "./project_copy.ts";

const PORT = 8083;

/** Nodes that look at each other and at their files many times a second. */
const QUICK = {
  "network.controller.d2": true,
  "network.controller.peer_file_dump_interval": 0.1,
  "network.controller.peers.conn_attempt_delay": 0.5,
  "network.controller.peers.conn_attempt_max_delay": 0.5,
  "network.controller.peers.conn_attempt_timeout": 1,
  "network.controller.peers.heartbeat_period": 0.3,
  "network.controller.peers.heartbeat_timeout": 1.5,
};

/** As users run the command line. */
const RUN = ["run", "-q", "-P=node", "--no-prompt", "--import-map=.imports.json", "main.ts"];

/** Nodes, each on a machine of its own, by label. */
class Network implements AsyncDisposable {
  readonly #project = new ProjectCopy();
  readonly #machines = new Namespaces();
  readonly #nodes = new Map<string, { node: RunningNode; address: string }>();

  /** Starts a node whose only target is another one. */
  add(label: string, side: Side, target?: string): void {
    const host = `10.99.0.${this.#nodes.size + 1}`;
    const machine = this.#machines.addMachine(side, host);
    const targets = [this.#nodes.get(target ?? "")?.address ?? []].flat();
    const file = `profiles/${label}/${label}.json`;
    this.#project.write(file, JSON.stringify(targets));
    const settings = {
      ...QUICK,
      label,
      "network.controller.listen.addr": host,
      "network.controller.listen.port": PORT,
      "network.controller.target.file": file,
    };
    const args = Object.entries(settings).flatMap(([key, value]) => ["-s", `${key}=${value}`]);
    const program = new Program("ip", {
      args: ["netns", "exec", machine, Deno.execPath(), ...RUN, ...args],
      cwd: this.#project.path,
    });
    const node = new RunningNode(this.#project, label, program);
    this.#nodes.set(label, { node, address: `${host}:${PORT}` });
  }

  cut(): void {
    this.#machines.cut();
  }

  mend(): void {
    this.#machines.mend();
  }

  /** Waits until each of these nodes draws just them as alive, and knows every link among them. */
  async untilOneMap(labels: readonly string[]): Promise<void> {
    const wanted = [...labels].sort().join();
    await until(() => {
      const drawings = labels.map((label) => this.#drawing(label));
      const links = labels.map((label) => this.#peerCount(label)).reduce((a, b) => a + b) / 2;
      return drawings.every(({ nodes, lost, measured }) =>
        nodes.filter((each) => !lost.includes(each)).join() === wanted && measured === links
      );
    }).catch((error) => {
      const drawings = labels.map((label) => JSON.stringify(this.#drawing(label)));
      throw new Error(`${error.message}\n${drawings.join("\n")}`);
    });
  }

  /** Who is drawn as lost by a node. */
  lostTo(label: string): string[] {
    return this.#drawing(label).lost.sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { node } of this.#nodes.values()) await node[Symbol.asyncDispose]();
    this.#machines[Symbol.dispose]();
    this.#project[Symbol.dispose]();
  }

  #drawing(label: string) {
    return readDrawing(this.#nodes.get(label)?.node.read("peers.d2") ?? "");
  }

  #peerCount(label: string): number {
    return JSON.parse(this.#nodes.get(label)?.node.read("peers.json") || "[]").length;
  }
}

const obstacle = whyNoNamespaces();
if (obstacle !== undefined) console.warn(`Skipping the tests with network namespaces: ${obstacle}`);

Deno.test({
  name:
    "namespaces: two halves that were cut apart and grew meanwhile are one map once they are joined",
  ignore: obstacle !== undefined,
  async fn() {
    await using network = new Network();
    network.add("ann", "near");
    network.add("ben", "near", "ann");
    network.add("cat", "near", "ben");
    network.add("dan", "far", "ann");
    network.add("eve", "far", "dan");
    network.add("fay", "far", "eve");
    const near = ["ann", "ben", "cat"];
    const far = ["dan", "eve", "fay"];
    await network.untilOneMap([...near, ...far]);

    network.cut();
    await Promise.all([network.untilOneMap(near), network.untilOneMap(far)]);
    assertEquals(network.lostTo("ann"), far);
    assertEquals(network.lostTo("dan"), near);
    network.add("guy", "near", "cat");
    network.add("hal", "far", "eve");
    await Promise.all([
      network.untilOneMap([...near, "guy"]),
      network.untilOneMap([...far, "hal"]),
    ]);

    network.mend();
    await network.untilOneMap([...near, "guy", ...far, "hal"]);
  },
});
