/** A node's control socket in a folder of its own, and programs that do not keep to the protocol. */

import { connect, type Socket } from "node:net";
import type { ControlClient } from "../../src/control/client.ts";
import { connectControl } from "../../src/io/control_client.ts";
import { SystemClock } from "../../src/io/clock.ts";
import { type ControlSocket, openControlSocket } from "../../src/io/control_socket.ts";
import { FakeNode, view } from "../control/fake_node.ts";
import { TempFolder } from "./temp_folder.ts";
import { until } from "./until.ts";

/** What sessions are told besides the node. */
export const FACTS = { clock: new SystemClock(), version: "0.1.0" };

export class ControlRig implements AsyncDisposable {
  readonly folder: TempFolder;
  readonly node: FakeNode;
  readonly path: string;
  readonly socket: ControlSocket;
  readonly #clients: ControlClient[] = [];
  readonly #programs: Program[] = [];

  constructor(folder: TempFolder, node: FakeNode, path: string, socket: ControlSocket) {
    this.folder = folder;
    this.node = node;
    this.path = path;
    this.socket = socket;
  }

  static async open(node = new FakeNode(view("aa", "alice"))): Promise<ControlRig> {
    const folder = new TempFolder();
    const path = `${folder.path}/control.sock`;
    return new ControlRig(
      folder,
      node,
      path,
      await openControlSocket(path, { node, facts: FACTS }),
    );
  }

  async client(): Promise<ControlClient> {
    const client = await connectControl(this.path);
    this.#clients.push(client);
    return client;
  }

  program(): Program {
    const program = new Program(this.path);
    this.#programs.push(program);
    return program;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.close();
    for (const program of this.#programs) program.destroy();
    await this.socket.close();
    await until(() => this.#programs.every(({ isOver }) => isOver));
    this.folder[Symbol.dispose]();
  }
}

/** A program that sends any bytes and keeps what it reads. */
export class Program {
  text = "";
  /** The connection is over at both ends. */
  isOver = false;
  readonly socket: Socket;

  constructor(path: string) {
    this.socket = connect(path);
    this.socket.on("data", (bytes: Uint8Array) => this.text += new TextDecoder().decode(bytes));
    this.socket.on("error", () => {});
    this.socket.on("close", () => this.isOver = true);
  }

  /** What it read, line by line, the hello first. */
  get lines(): unknown[] {
    return this.text.split("\n").slice(0, -1).map((line) => JSON.parse(line));
  }

  send(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  /** Sends a request. */
  ask(id: number, method: string, params: object = {}): void {
    this.send(`${JSON.stringify({ v: 1, id, method, params })}\n`);
  }

  destroy(): void {
    this.socket.destroy();
  }
}
