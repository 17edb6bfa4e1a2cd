/** All benchmarks, as one table of Markdown. Values to compare between versions, not to assert. */

import { codecRows } from "./codec.ts";
import { handshakeRows } from "./handshake.ts";
import { mapPageRows } from "./map_page.ts";
import type { Row } from "./measure.ts";
import { messageRows } from "./messages.ts";
import { simulationRows } from "./simulation.ts";
import { startRows } from "./start.ts";
import { topologyRows } from "./topology.ts";

const PARTS: readonly (() => Row[] | Promise<Row[]>)[] = [
  startRows,
  handshakeRows,
  codecRows,
  topologyRows,
  simulationRows,
  messageRows,
  mapPageRows,
];

const NUMBER = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const COUNT = new Intl.NumberFormat("en");

/** The table's lines, each value with three digits unless it counts something. */
function lineOf({ what, value, unit }: Row): string {
  const number = unit === "1/s" || unit === "ms" ? NUMBER.format(value) : COUNT.format(value);
  return `| ${what.padEnd(56)} | ${number.padStart(10)} | ${unit.padEnd(8)} |`;
}

if (import.meta.main) {
  const { os, arch } = Deno.build;
  console.log(`Deno ${Deno.version.deno}, ${os} ${arch}, ${navigator.hardwareConcurrency} cores\n`);
  console.log(`| ${"What".padEnd(56)} | ${"Value".padStart(10)} | ${"Unit".padEnd(8)} |`);
  console.log(`|${"-".repeat(58)}|${"-".repeat(11)}:|${"-".repeat(10)}|`);
  for (const part of PARTS) for (const row of await part()) console.log(lineOf(row));
}
