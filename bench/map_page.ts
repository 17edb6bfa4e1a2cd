/** The live map of a large network in real Chromium: the first picture, and what updates cost. */

import type { CDPSession, Page } from "playwright-core";
import { openMapServer } from "../src/io/map_server.ts";
import { Cluster } from "../src/sim/cluster.ts";
import type { Change } from "../src/web/map/network.ts";
import { Chromium, chromiumOrWarning } from "../tests/browser/chromium.ts";
import { MapSource } from "../tests/web/map_source.ts";
import { median, type Row } from "./measure.ts";

const NODES = 300;
const OPENINGS = 5;
/** Updates a second. */
const RATE = 10;
/** Links whose round trip an update changes. */
const LINKS_AN_UPDATE = 20;
/** One update in so many also has a node lost, or brings it back. */
const LOSS_EVERY = 5;
const WARM_UP_MS = 2_000;
const MEASURE_MS = 10_000;

/** Rows about a simulated network of 300 nodes; none where there is no Chromium, which is said aloud. */
export async function mapPageRows(): Promise<Row[]> {
  const path = chromiumOrWarning("the live map in a browser");
  if (path === undefined) return [];
  const source = new MapSource(simulatedMap());
  const options = { addr: "::1", port: 0, connect: () => source.connect() };
  await using server = await openMapServer(options);
  const openings: number[] = [];
  for (let opening = 0; opening < OPENINGS; opening++) {
    // A browser of its own each time, which has kept nothing.
    await using chromium = await Chromium.launch(path);
    const { page } = await chromium.open();
    const begin = performance.now();
    await open(page, server.url);
    openings.push(performance.now() - begin);
  }
  await using chromium = await Chromium.launch(path);
  const { page } = await chromium.open();
  await open(page, server.url);
  const processes = await chromium.browser.newBrowserCDPSession();
  await update(source, WARM_UP_MS);
  const before = await cpuTimes(processes);
  const elapsedMs = await update(source, MEASURE_MS);
  const after = await cpuTimes(processes);
  const share = (kind: string) =>
    ((after.get(kind) ?? 0) - (before.get(kind) ?? 0)) / (elapsedMs / 1000) * 100;
  const what = `Map page, ${NODES} nodes, ${RATE} updates/s`;
  return [
    { what: `Map page, ${NODES} nodes, first picture`, value: median(openings), unit: "ms" },
    { what: `${what}, page`, value: Math.round(share("renderer")), unit: "% core" },
    { what: `${what}, drawing without a GPU`, value: Math.round(share("GPU")), unit: "% core" },
  ];
}

/** Waits until every node is drawn. */
async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.locator("[data-node][transform]").nth(NODES - 1).waitFor({ state: "attached" });
}

/** The map of one of many simulated nodes, as its history begins. */
function simulatedMap(): Change {
  const cluster = new Cluster({ seed: 5 });
  const [first] = cluster.addMany(NODES);
  cluster.startAll();
  const known = () => first?.snapshot();
  cluster.until(() => known()?.nodes.length === NODES, 60_000, 1_000);
  const snapshot = known();
  if (snapshot === undefined) throw new Error("There is no node to ask for its map");
  return {
    ...NOTHING,
    at: Date.now(),
    self: snapshot.self,
    nodes: snapshot.nodes.map(({ id, label, addresses, state }) => ({
      id,
      label,
      addr: addresses[0] ?? null,
      state: state === "failed" ? "lost" : state,
    })),
    links: snapshot.links.map(({ from, to, rttUs, claimedBy }) => ({
      from,
      to,
      rtt_us: rttUs === null ? null : Math.round(rttUs),
      claimed_by: claimedBy,
    })),
  };
}

const NOTHING: Omit<Change, "at" | "self"> = {
  nodes: [],
  links: [],
  gone_nodes: [],
  gone_links: [],
};

/** Has much change for a while: round trips all the time, and now and then a node with its links. */
async function update(source: MapSource, durationMs: number): Promise<number> {
  const [map] = source.changes;
  if (map === undefined) throw new Error("There is no map to change");
  const begin = performance.now();
  for (let count = 1; performance.now() - begin < durationMs; count++) {
    const links = Array.from({ length: LINKS_AN_UPDATE }, (_, at) => {
      const link = map.links[(count * LINKS_AN_UPDATE + at) % map.links.length];
      return {
        ...link as Change["links"][number],
        rtt_us: 200 + (count * 7919 + at * 31) % 90_000,
      };
    });
    const turn = Math.floor(count / LOSS_EVERY);
    const victim = map.nodes[1 + Math.floor(turn / 2) % (map.nodes.length - 1)];
    const own = map.links.filter(({ from, to }) => from === victim?.id || to === victim?.id);
    const isTurn = count % LOSS_EVERY === 0 && victim !== undefined && victim.id !== map.self;
    const isLost = turn % 2 === 0;
    source.tell({
      ...NOTHING,
      at: Date.now(),
      self: map.self,
      nodes: isTurn ? [{ ...victim, state: isLost ? "lost" : "alive" }] : [],
      links: isTurn && !isLost ? [...links, ...own] : links,
      gone_links: isTurn && isLost ? own.map(({ from, to }) => ({ from, to })) : [],
    });
    const next = begin + count * 1000 / RATE;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
  }
  return performance.now() - begin;
}

/** Seconds of processor time by the kinds of a browser's processes. */
async function cpuTimes(session: CDPSession): Promise<Map<string, number>> {
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const times = new Map<string, number>();
  for (const { type, cpuTime } of processInfo) times.set(type, (times.get(type) ?? 0) + cpuTime);
  return times;
}
