/**
 * What a message costs, over one link and over three, between real processes. In the same run a
 * bare pair of `node:tls` shows what the runtime gives at most, and libp2p what others make of it;
 * the files of `bench/messages/` say what each of them does. They take turns at one load after the
 * other, so that whatever else the machine does hits all alike, and a ratio is the median of the
 * rounds' own ratios.
 *
 * Each message is a call of its own: `send` of a node or of a stream of libp2p, `write` of a socket.
 * The two that carry bytes and know no messages are measured with joined ones as well: there the
 * application puts all that may be under way into one piece before it hands that over.
 */

import { median, type Row } from "./measure.ts";
import { Chain, type Outcome } from "./messages/chain.ts";
import type { Load } from "./messages/load.ts";

/** Besides the first one, which compiles and widens windows, and is not counted. */
const ROUNDS = 3;

const HOPS = [1, 3];

/** The loads, and how the table calls them. */
const LOADS = {
  small: { bytes: 100, window: 4096, durationMs: 800, isJoined: false, called: "100 B" },
  joined: { bytes: 100, window: 4096, durationMs: 800, isJoined: true, called: "100 B joined" },
  large: { bytes: 64 * 1024, window: 64, durationMs: 800, isJoined: false, called: "64 KiB" },
  single: { bytes: 100, window: 1, durationMs: 400, isJoined: false, called: "100 B alone" },
} as const satisfies Record<string, Load & { called: string }>;

type LoadName = keyof typeof LOADS;

const LOAD_NAMES = Object.keys(LOADS) as LoadName[];

/** One way of carrying messages: how the table calls it, its program, and what it is given to do. */
interface Contestant {
  name: string;
  /** In `bench/messages/`. */
  file: string;
  loads: readonly LoadName[];
}

const AREA_NET: Contestant = {
  name: "area-net",
  file: "area_net.ts",
  loads: ["small", "large", "single"],
};
const LIBP2P: Contestant = {
  name: "libp2p",
  file: "libp2p.ts",
  loads: ["small", "joined", "large", "single"],
};
const BARE: Contestant = { name: "node:tls", file: "bare.ts", loads: LIBP2P.loads };

const CONTESTANTS: readonly Contestant[] = [AREA_NET, LIBP2P, BARE];

/** What area-net is held against, each at which load. */
const RATIOS: readonly { load: LoadName; rival: Contestant; rivalLoad: LoadName }[] = [
  { load: "small", rival: LIBP2P, rivalLoad: "small" },
  { load: "small", rival: LIBP2P, rivalLoad: "joined" },
  { load: "large", rival: LIBP2P, rivalLoad: "large" },
  { load: "large", rival: BARE, rivalLoad: "large" },
];

/** One load of one contestant: what came of it in each round. */
interface Result {
  contestant: Contestant;
  load: LoadName;
  rounds: Outcome[];
}

/** The rows of all contestants, for each number of hops. */
export async function messageRows(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const hops of HOPS) {
    const results = await measure(hops);
    const way = hops === 1 ? "1 hop" : `${hops} hops`;
    for (const { what, value, unit } of [...results.flatMap(rowsOf), ...ratioRows(results)]) {
      rows.push({ what: `${way}, ${what}`, value: Number(value.toPrecision(3)), unit });
    }
  }
  return rows;
}

async function measure(hops: number): Promise<Result[]> {
  await using stack = new AsyncDisposableStack();
  const chains = new Map<Contestant, Chain>();
  for (const contestant of CONTESTANTS) {
    chains.set(contestant, stack.use(await Chain.start(contestant.file, hops)));
  }
  const results = LOAD_NAMES.flatMap((load) =>
    CONTESTANTS
      .filter(({ loads }) => loads.includes(load))
      .map((contestant): Result => ({ contestant, load, rounds: [] }))
  );
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { contestant, load, rounds } of results) {
      const outcome = await chains.get(contestant)?.carry(LOADS[load]);
      if (outcome !== undefined && round > 0) rounds.push(outcome);
    }
  }
  return results;
}

function rowsOf({ contestant: { name }, load, rounds }: Result): Row[] {
  const { called, bytes, window } = LOADS[load];
  const middle = (of: (outcome: Outcome) => number) => median(rounds.map(of));
  const what = `${called}, ${name}`;
  const rows = window === 1
    ? [
      { what: `${what}: latency, median`, value: middle((o) => o.medianUs ?? NaN), unit: "µs" },
      { what: `${what}: latency, p99`, value: middle((o) => o.p99Us ?? NaN), unit: "µs" },
    ]
    : [{ what, value: middle(perSecond), unit: "1/s" }];
  if (load === "large") {
    rows.push({ what, value: middle(perSecond) * bytes / 1e6, unit: "MB/s" });
  }
  return window === 1 ? rows : [...rows, ...relayRows(what, rounds)];
}

/** What the load cost a relay, where there was one. */
function relayRows(what: string, rounds: readonly Outcome[]): Row[] {
  const costs = rounds.flatMap(({ relays, messages }) =>
    relays.map((relay) => ({ ...relay, messages }))
  );
  if (costs.length === 0) return [];
  const cpuMs = costs.map(({ cpuMs, elapsedMs }) => cpuMs / (elapsedMs / 1000));
  const cpuUs = costs.map(({ cpuMs, messages }) => cpuMs * 1000 / messages);
  const rssMb = costs.map(({ rssBytes }) => rssBytes / 1e6);
  return [
    { what: `${what}: a relay's CPU`, value: median(cpuMs), unit: "ms/s" },
    { what: `${what}: a relay's CPU a message`, value: median(cpuUs), unit: "µs" },
    { what: `${what}: a relay's memory`, value: median(rssMb), unit: "MB" },
  ];
}

function ratioRows(results: readonly Result[]): Row[] {
  const ratesOf = (wanted: Contestant, at: LoadName) =>
    results
      .find(({ contestant, load }) => contestant === wanted && load === at)
      ?.rounds.map(perSecond) ?? [];
  return RATIOS.map(({ load, rival, rivalLoad }) => {
    const others = ratesOf(rival, rivalLoad);
    const ratios = ratesOf(AREA_NET, load).map((rate, round) => rate / (others[round] ?? NaN));
    const what = `${LOADS[load].called}, area-net / ${rival.name}`;
    const how = rivalLoad === load ? "" : ` (${LOADS[rivalLoad].called})`;
    return { what: what + how, value: median(ratios), unit: "times" };
  });
}

function perSecond({ messages, elapsedMs }: Outcome): number {
  return messages / (elapsedMs / 1000);
}
