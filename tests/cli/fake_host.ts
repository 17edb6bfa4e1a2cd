import { type Host, HostError, type NodeSettings } from "../../src/config/host.ts";

/** A machine in memory: its files, what was printed, and the nodes that were run. */
export class FakeHost implements Host {
  /** File texts by path; an error stands for a file that cannot be read. */
  readonly files: Map<string, string | HostError>;
  readonly nodes: NodeSettings[] = [];
  stdout = "";
  stderr = "";
  /** The exit code of nodes. */
  exitCode = 0;

  constructor(files: Record<string, string | HostError>) {
    this.files = new Map(Object.entries(files));
  }

  readText(path: string): Promise<string> {
    const text = this.files.get(path) ?? new HostError("not-found", "no such file");
    return typeof text === "string" ? Promise.resolve(text) : Promise.reject(text);
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
}
