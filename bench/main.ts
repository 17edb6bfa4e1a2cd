/**
 * Benchmarks, as one table of Markdown: `deno task bench` for all but the long ones, or those named, as
 * in `deno task bench rooms`. Values to compare between versions, not to assert.
 */

import { chainRows } from "./chain.ts";
import { codecRows } from "./codec.ts";
import { handshakeRows } from "./handshake.ts";
import { mapPageRows } from "./map_page.ts";
import type { Row } from "./measure.ts";
import { messageRows } from "./messages.ts";
import { roomRows } from "./rooms.ts";
import { simulationRows } from "./simulation.ts";
import { startRows } from "./start.ts";
import { topologyRows } from "./topology.ts";

type Part = () => Row[] | Promise<Row[]>;

/** What is measured where nothing is named. */
const PARTS: Readonly<Record<string, Part>> = {
  start: startRows,
  handshake: handshakeRows,
  codec: codecRows,
  topology: topologyRows,
  simulation: simulationRows,
  messages: messageRows,
  chain: chainRows,
  map: mapPageRows,
};

/** What takes the better part of an hour, so only who names it gets it. */
const LONG_PARTS: Readonly<Record<string, Part>> = { rooms: roomRows };

const NUMBER = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const COUNT = new Intl.NumberFormat("en");

/** The table's lines, each value with three digits unless it counts something. */
function lineOf({ what, value, unit }: Row): string {
  const number = unit === "1/s" || unit === "ms" ? NUMBER.format(value) : COUNT.format(value);
  return `| ${what.padEnd(56)} | ${number.padStart(10)} | ${unit.padEnd(8)} |`;
}

/** The parts of these names. */
function partsOf(names: readonly string[]): readonly Part[] {
  const known = { ...PARTS, ...LONG_PARTS };
  return names.map((name) => {
    const part = known[name];
    if (part !== undefined) return part;
    console.error(
      `There is no benchmark "${name}", wanted one of ${Object.keys(known).join(", ")}`,
    );
    Deno.exit(2);
  });
}

if (import.meta.main) {
  const parts = Deno.args.length === 0 ? Object.values(PARTS) : partsOf(Deno.args);
  const { os, arch } = Deno.build;
  console.log(`Deno ${Deno.version.deno}, ${os} ${arch}, ${navigator.hardwareConcurrency} cores\n`);
  console.log(`| ${"What".padEnd(56)} | ${"Value".padStart(10)} | ${"Unit".padEnd(8)} |`);
  console.log(`|${"-".repeat(58)}|${"-".repeat(11)}:|${"-".repeat(10)}|`);
  for (const part of parts) for (const row of await part()) console.log(lineOf(row));
}
