/**
 * Machines made of Linux network namespaces, on two switches with one cable between them. The
 * addresses exist inside of the namespaces alone, so nothing outside sees or hears any of it.
 *
 *     [machine] [machine]            [machine] [machine]
 *         └───────┴── near ──cable── far ──┴───────┘
 */

/** One end of the cable. */
export type Side = "near" | "far";

const SIDES: readonly Side[] = ["near", "far"];

/** Why this machine cannot make network namespaces, or undefined when it can. */
export function whyNoNamespaces(): string | undefined {
  if (Deno.build.os !== "linux") return `this is ${Deno.build.os}, not Linux`;
  if (Deno.uid() !== 0) return "only root may make them";
  try {
    using _lab = new Namespaces();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Two switches and the machines on them. Dispose of it and all of it is gone. */
export class Namespaces implements Disposable {
  readonly #prefix = `area-net-${Deno.pid}-${crypto.randomUUID().slice(0, 8)}`;
  readonly #names: string[] = [];

  /** @throws {Error} in the system's own words, when that is not possible here */
  constructor() {
    try {
      const switches = this.#add("switches");
      ip("-n", switches, "link", "add", "cable-near", "type", "veth", "peer", "name", "cable-far");
      for (const side of SIDES) {
        ip("-n", switches, "link", "add", side, "type", "bridge");
        ip("-n", switches, "link", "set", side, "up");
        ip("-n", switches, "link", "set", `cable-${side}`, "master", side);
      }
      this.mend();
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * A new machine; run programs on it by `ip netns exec`.
   *
   * @param address an IPv4 address of the network 10.0.0.0/8
   * @returns the name of its namespace
   */
  addMachine(side: Side, address: string): string {
    const port = `port${this.#names.length}`;
    const name = this.#add(port);
    const ends = ["type", "veth", "peer", "name", "eth0", "netns", name];
    ip("-n", this.#switches, "link", "add", port, ...ends);
    ip("-n", this.#switches, "link", "set", port, "master", side, "up");
    ip("-n", name, "address", "add", `${address}/8`, "dev", "eth0");
    ip("-n", name, "link", "set", "eth0", "up");
    ip("-n", name, "link", "set", "lo", "up");
    return name;
  }

  /** Pulls the cable between the switches. */
  cut(): void {
    for (const side of SIDES) ip("-n", this.#switches, "link", "set", `cable-${side}`, "down");
  }

  /** Puts it back. */
  mend(): void {
    for (const side of SIDES) ip("-n", this.#switches, "link", "set", `cable-${side}`, "up");
  }

  [Symbol.dispose](): void {
    for (const name of this.#names.splice(0)) ip("netns", "delete", name);
  }

  get #switches(): string {
    return this.#names[0] as string;
  }

  #add(what: string): string {
    const name = `${this.#prefix}-${what}`;
    ip("netns", "add", name);
    this.#names.push(name);
    return name;
  }
}

/** @throws {Error} in the words of `ip`, when it fails or is not there */
function ip(...args: string[]): void {
  const { success, stderr } = new Deno.Command("ip", { args }).outputSync();
  if (!success) throw new Error(`ip ${args.join(" ")}: ${new TextDecoder().decode(stderr).trim()}`);
}
