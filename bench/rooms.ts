/**
 * Rooms in a large network whose nodes come and go: 500 nodes, 100 rooms, 10 % of the nodes a minute,
 * for 10 minutes of virtual time.
 */

import { SeededRandom } from "../src/base/random.ts";
import { Cluster } from "../src/sim/cluster.ts";
import { Town } from "../tests/scenarios/town.ts";
import type { Row } from "./measure.ts";

const NODES = 500;
const ROOMS = 100;
const MINUTES = 10;
/** Of the nodes, in a minute. */
const CHURN = 0.1;
const SEED = 1;

/** Nodes that are in their rooms before the others come: one in each. */
const FIRST = ROOMS;

/** What a large network makes of its rooms, with the progress on standard error. */
export function roomRows(): Row[] {
  const cluster = new Cluster({ seed: SEED });
  const nodes = cluster.addMany(NODES);
  const town = new Town(cluster, new SeededRandom(SEED));
  cluster.startAll();
  cluster.run(30_000);
  nodes.forEach((node, at) => {
    town.settle(node, `room ${at % ROOMS}`);
    if (at === FIRST - 1) cluster.run(20_000);
  });
  cluster.run(20_000);
  const perSecond = NODES * CHURN / 60;
  let due = 0;
  for (let second = 1; second <= MINUTES * 60; second++) {
    for (due += perSecond; due >= 1; due--) town.churn();
    town.say();
    cluster.run(1_000);
    if (second % 60 === 0) console.error(`${second / 60} of ${MINUTES} minutes`);
  }
  cluster.run(20_000);
  const { joins, met, due: copies, came, tooMany, sayings, medianHops } = town.figures();
  const what = `${NODES} nodes, ${ROOMS} rooms, ${MINUTES} min:`;
  return [
    { what: `${what} joins of rooms that exist`, value: joins, unit: "joins" },
    { what: `${what} of them found the room`, value: 100 * met / joins, unit: "%" },
    { what: `${what} hops of a search, median`, value: medianHops, unit: "hops" },
    { what: `${what} messages to steady members`, value: sayings, unit: "messages" },
    { what: `${what} copies that were due`, value: copies, unit: "copies" },
    { what: `${what} of them came`, value: 100 * came / copies, unit: "%" },
    { what: `${what} copies too many`, value: tooMany, unit: "copies" },
  ];
}
