import type {
  ChainSettings,
  Host,
  Interruption,
  LineOptions,
  Lines,
  RendezvousSettings,
  RunningMember,
  RunningRendezvous,
} from "../../src/cli/host.ts";
import {
  HostError,
  type IdentityDescription,
  type NodeSettings,
  type Rotation,
} from "../../src/config/host.ts";
import type { ChainMethods } from "../../src/control/chain_methods.ts";
import {
  type ControlClient,
  ControlUnreachable,
  type MethodClient,
} from "../../src/control/client.ts";
import { FakeInterruptions } from "./fake_interruptions.ts";
import { nodeId } from "./node_id.ts";

/** A machine in memory: its files, what was printed, and what was done with nodes. */
export class FakeHost implements Host {
  /** File texts by path; an error stands for a file that cannot be read. */
  readonly files: Map<string, string | HostError>;
  readonly nodes: NodeSettings[] = [];
  stdout = "";
  stderr = "";
  /** The exit code of nodes. */
  exitCode = 0;
  /** Why no file can be written, if that is so. */
  writeError: HostError | undefined;
  /** Who its nodes are, or why nobody knows. */
  identity: IdentityDescription | HostError = { id: nodeId("a"), kind: "Ed25519", successions: [] };
  /** The nodes whose identity was asked for. */
  readonly described: NodeSettings[] = [];
  /** The folders whose identity was given a new key. */
  readonly rotated: string[] = [];

  /** Who answers at which socket, or why nobody does. */
  readonly sockets = new Map<string, ControlClient | ControlUnreachable>();
  /** The sockets that were asked for. */
  readonly dialled: string[] = [];
  /** What standard input holds. */
  input: Uint8Array | string = "";
  /** Columns of the terminal; absent where there is none. */
  terminalColumns: number | undefined;
  /** The same of its lines. */
  terminalRows: number | undefined;
  readonly interruptions = new FakeInterruptions();
  /** What was opened in a browser. */
  readonly opened: string[] = [];
  /** The same of members of a line. */
  readonly chainSockets = new Map<string, MethodClient<ChainMethods> | ControlUnreachable>();
  /** The rendezvous servers that were opened. */
  readonly rendezvous: RendezvousSettings[] = [];
  /** Why there can be none. */
  rendezvousError: HostError | undefined;
  /** The lines that were joined. */
  readonly joined: ChainSettings[] = [];
  /** Who it is then, or why that cannot be. */
  member: RunningMember | HostError | undefined;
  /** What is typed into a console, once one is opened with these options. */
  lines: ((options: LineOptions) => Lines) | undefined;

  constructor(files: Record<string, string | HostError>) {
    this.files = new Map(Object.entries(files));
  }

  readText(path: string): Promise<string> {
    const text = this.files.get(path) ?? new HostError("not-found", "no such file");
    return typeof text === "string" ? Promise.resolve(text) : Promise.reject(text);
  }

  readSecret(path: string): Promise<string> {
    return this.readText(path);
  }

  writeText(path: string, text: string): Promise<void> {
    if (this.writeError !== undefined) return Promise.reject(this.writeError);
    this.files.set(path, text);
    return Promise.resolve();
  }

  listFolder(path: string): Promise<string[]> {
    const prefix = `${path}/`;
    const names = [...this.files.keys()].filter((file) => file.startsWith(prefix))
      .map((file) => file.slice(prefix.length).replace(/\/.*/, ""));
    const missing = new HostError("not-found", "no such folder");
    return names.length > 0 ? Promise.resolve([...new Set(names)]) : Promise.reject(missing);
  }

  out(text: string): void {
    this.stdout += text;
  }

  err(text: string): void {
    this.stderr += text;
  }

  runNode(settings: NodeSettings): Promise<number> {
    this.nodes.push(settings);
    return Promise.resolve(this.exitCode);
  }

  describeIdentity(settings: NodeSettings): Promise<IdentityDescription> {
    this.described.push(settings);
    const { identity } = this;
    return identity instanceof HostError ? Promise.reject(identity) : Promise.resolve(identity);
  }

  rotateIdentity(folder: string): Promise<Rotation> {
    this.rotated.push(folder);
    return Promise.resolve({ oldId: nodeId("a"), newId: nodeId("b") });
  }

  columns(): number | undefined {
    return this.terminalColumns;
  }

  rows(): number | undefined {
    return this.terminalRows;
  }

  readInput(limit: number): Promise<Uint8Array> {
    const { input } = this;
    const bytes = typeof input === "string" ? new TextEncoder().encode(input) : input;
    return Promise.resolve(bytes.slice(0, limit));
  }

  interruption(): Interruption {
    return this.interruptions.open();
  }

  connectControl(path: string): Promise<ControlClient> {
    this.dialled.push(path);
    const missing = new ControlUnreachable("not-running", path, `No node answers at ${path}`);
    const found = this.sockets.get(path) ?? missing;
    return found instanceof Error ? Promise.reject(found) : Promise.resolve(found);
  }

  connectChain(path: string): Promise<MethodClient<ChainMethods>> {
    this.dialled.push(path);
    const missing = new ControlUnreachable("not-running", path, `No node answers at ${path}`);
    const found = this.chainSockets.get(path) ?? missing;
    return found instanceof Error ? Promise.reject(found) : Promise.resolve(found);
  }

  openRendezvous(settings: RendezvousSettings): Promise<RunningRendezvous> {
    this.rendezvous.push(settings);
    if (this.rendezvousError !== undefined) return Promise.reject(this.rendezvousError);
    const { chain, repair, echo } = settings;
    const close = () => Promise.resolve();
    return Promise.resolve({ chain, repair, echo, [Symbol.asyncDispose]: close });
  }

  joinChain(settings: ChainSettings): Promise<RunningMember> {
    this.joined.push(settings);
    const { member = new HostError("other", "No member was expected") } = this;
    return member instanceof HostError ? Promise.reject(member) : Promise.resolve(member);
  }

  openBrowser(url: string): Promise<boolean> {
    this.opened.push(url);
    return Promise.resolve(true);
  }

  openLines(options: LineOptions): Promise<Lines> {
    const lines = this.lines?.(options);
    return lines ? Promise.resolve(lines) : Promise.reject(new Error("No lines were expected"));
  }
}
