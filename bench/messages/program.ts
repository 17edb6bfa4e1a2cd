/**
 * What every process of a chain does, whichever contestant it belongs to: takes its role, prints
 * where it is found, and answers to lines until there are no more.
 */

import { cpuUsage } from "node:process";
import { TextLineStream } from "@std/streams";
import { carry, type Load } from "./load.ts";
import type { Outlet } from "./outlet.ts";

/**
 * What a contestant does in each role. A place is a text that the contestant alone understands, without
 * line breaks; it says how to reach the process that printed it and, through it, the recipient.
 */
export interface Roles {
  /** @returns its place */
  recipient(): Promise<string>;
  /**
   * @param next the place of the next process on the way to the recipient
   * @returns its place
   */
  relay(next: string): Promise<string>;
  /** Resolves when the whole way to the recipient is open. */
  sender(next: string): Promise<Outlet>;
}

/** What a process has used up. */
export interface Usage {
  /** Memory that it holds now. */
  rssBytes: number;
  /** Time of processors, its own and the system's for it, since its start. */
  cpuMs: number;
  /** When this was, on a clock of its own. */
  atMs: number;
}

/** The line that asks any process for its {@linkcode Usage}; a sender takes a `Load` as well. */
export const USAGE = "usage";

/** The whole program; its arguments are the role and the place of the next process. */
export async function run(roles: Roles): Promise<never> {
  const [role, next = ""] = Deno.args;
  let outlet: Outlet | undefined;
  switch (role) {
    case "recipient":
      console.log(await roles.recipient());
      break;
    case "relay":
      console.log(await roles.relay(next));
      break;
    case "sender":
      outlet = await roles.sender(next);
      console.log("ready");
      break;
    default:
      throw new Error(`No role "${role}", wanted "recipient", "relay" or "sender"`);
  }
  const lines = Deno.stdin.readable
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  for await (const line of lines) {
    if (line === USAGE) console.log(JSON.stringify(usage()));
    else if (outlet === undefined) throw new Error(`A ${role} is asked "${line}", wanted "usage"`);
    else console.log(JSON.stringify(await carry(outlet, JSON.parse(line) as Load)));
  }
  Deno.exit(0);
}

function usage(): Usage {
  const { user, system } = cpuUsage();
  return {
    rssBytes: Deno.memoryUsage().rss,
    cpuMs: (user + system) / 1000,
    atMs: performance.now(),
  };
}
