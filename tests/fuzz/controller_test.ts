import { type Address, parseAddress } from "../../src/base/address.ts";
import { concatBytes } from "../../src/base/bytes.ts";
import { randomInt, type SeededRandom } from "../../src/base/random.ts";
import type { Settings } from "../../src/controller/settings.ts";
import { encodeFrame } from "../../src/wire/frame.ts";
import { MAX_SEQUENCE } from "../../src/wire/limits.ts";
import { FAREWELLS, type Introduction, REFUSALS } from "../../src/wire/link.ts";
import { type Advertisement, encodeAdvertisement } from "../../src/wire/topology.ts";
import { encodeMessage, idOf, type SentMessage } from "../wire/samples.ts";
import { fuzz, mutated, pick, randomBytes } from "./fuzz.ts";
import { WatchedController, type WorldLink } from "./watched_controller.ts";

/** Small limits, so that all of them are reached. */
const SETTINGS: Settings = {
  label: "own",
  network: "test",
  session: { handshakeTimeoutMs: 5_000, heartbeatPeriodMs: 2_000, heartbeatTimeoutMs: 8_000 },
  dialer: {
    backoff: { initialMs: 500, maxMs: 5_000 },
    maxSimultaneous: 2,
    maxAttempts: 2,
    maxIdle: 3,
    minLinks: 3,
  },
  maxIncoming: 3,
  maxIncomingHandshakes: 2,
  maxBanned: 2,
  banMs: 10_000,
  reportPeriodMs: 5_000,
  topology: { maxAgeMs: 60_000, maxNodes: 7 },
};

const MONTH_MS = 30 * 86_400_000;

/** In the midst of the others, because ids decide which link stays. */
const SELF = idOf(5);
const IDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(idOf);
const ADDRESSES = [
  "[::1]:8001",
  "[::1]:8002",
  "192.0.2.1:8003",
  "bob.example:8004",
  "[::]:8005",
  "0.0.0.0:8006",
].map(parseAddress);

function someAddresses(random: SeededRandom): Address[] {
  return Array.from({ length: randomInt(random, 3) }, () => pick(random, ADDRESSES));
}

function introduction(random: SeededRandom): Introduction {
  return {
    network: random.next() < 0.02 ? "other" : SETTINGS.network,
    id: pick(random, IDS),
    instance: randomInt(random, 2),
    label: pick(random, ["", "bob", "é".repeat(64)]),
    addresses: someAddresses(random),
    capabilities: [],
    seenAt: pick(random, ADDRESSES),
  };
}

function advertisement(random: SeededRandom): Advertisement {
  return {
    id: pick(random, IDS),
    sequence: random.next() < 0.01 ? pick(random, [0, MAX_SEQUENCE]) : randomInt(random, 50),
    label: pick(random, ["", "bob"]),
    addresses: someAddresses(random),
    left: random.next() < 0.1,
    links: Array.from({ length: randomInt(random, 5) }, () => ({
      peer: pick(random, IDS),
      dialled: random.next() < 0.5,
      rttUs: pick(random, [null, 0, 100, 0xffff_ffff]),
    })),
  };
}

function carried(random: SeededRandom) {
  const body = encodeAdvertisement(advertisement(random));
  return {
    ageS: pick(random, [0, 1, 59, 61, 0xffff_ffff]),
    body: random.next() < 0.01 ? mutated(random, body) : body,
  };
}

/** What an ordinary peer would say next, and now and then what none would. */
function message(random: SeededRandom): SentMessage {
  const several = <T>(make: (random: SeededRandom) => T) =>
    Array.from({ length: randomInt(random, 4) }, () => make(random));
  const made: readonly (() => SentMessage)[] = [
    () => ({ type: "ping", number: randomInt(random, 9) }),
    () => ({ type: "pong", number: randomInt(random, 9) }),
    () => ({ type: "summary", count: randomInt(random, 9), hash: random.uint32() }),
    () => ({ type: "index", entries: several(advertisement) }),
    () => ({ type: "advertisements", carried: several(carried) }),
    () => ({ type: "advertisements", carried: several(carried) }),
    () => ({ type: "bye", reason: pick(random, FAREWELLS), detail: "" }),
    () => ({ type: "refuse", reason: pick(random, REFUSALS), detail: "" }),
  ];
  return pick(random, random.next() < 0.02 ? made : made.slice(0, 6))();
}

/** The steps by which a peer brings a link up. */
function handshake(random: SeededRandom, direction: WorldLink["direction"]): SentMessage[] {
  const wanted = random.next() < 0.5;
  return direction === "outgoing"
    ? [{ type: "welcome", introduction: introduction(random) }]
    : [{ type: "hello", introduction: introduction(random), wanted }, { type: "ready" }];
}

/** What comes in on a link next: mostly what an ordinary peer would send, now and then rubbish. */
function someBytes(random: SeededRandom, link: WorldLink): Uint8Array {
  if (random.next() < 0.01) link.steps = randomInt(random, 3);
  const steps = handshake(random, link.direction).slice(link.steps, link.steps + 1);
  link.steps++;
  const messages = steps.length > 0
    ? steps
    : Array.from({ length: randomInt(random, 4) }, () => message(random));
  const bytes = concatBytes(messages.map((each) => encodeFrame(encodeMessage(each))));
  if (random.next() < 0.005) return concatBytes([bytes, randomBytes(random, 20)]);
  return bytes.length > 0 && random.next() < 0.005 ? mutated(random, bytes) : bytes;
}

fuzz("Controller: whatever comes, it never throws and keeps its promises", 400, (random) => {
  let now = 0;
  const watched = new WatchedController(now, { settings: SETTINGS, id: SELF, random });
  const { controller, links } = watched;
  const remote = () => ({ address: pick(random, ADDRESSES) });
  const onLink = (act: (link: WorldLink) => void) => {
    if (links.size > 0) act(pick(random, [...links.values()]));
  };
  const accept = () => watched.add(controller.handleAccepted(now, remote()), "incoming");
  const bytes = () =>
    onLink((link) => {
      if (link.isOpen) controller.handleBytes(now, link.id, someBytes(random, link));
    });
  const open = () =>
    onLink((link) => {
      if (link.isOpen) return;
      link.isOpen = true;
      controller.handleOpened(now, link.id, remote());
    });
  const close = () =>
    onLink(({ id }) => {
      links.delete(id);
      const error = { code: "reset" as const, detail: "Connection reset" };
      controller.handleClosed(now, id, pick(random, [undefined, error]));
    });
  const wait = () => controller.handleTime(now += random.next() * pick(random, [10, 500, 5_000]));
  const steps: readonly (() => void)[] = [
    ...[bytes, bytes, bytes, bytes, bytes, bytes, open, open, accept, wait, wait],
    () => random.next() < 0.1 && close(),
    () => random.next() < 0.1 && controller.connect(now, pick(random, ADDRESSES)),
    () => random.next() < 0.1 && controller.remember(now, someAddresses(random)),
    () => random.next() < 0.1 && controller.handleListening(now, pick(random, ADDRESSES)),
    () => random.next() < 0.005 && controller.handleTime(now += MONTH_MS),
  ];
  for (let step = 0; step < 300; step++) {
    pick(random, steps)();
    watched.check(now);
  }
  controller.leave(now);
  watched.check(now);
  for (let step = 0; step < 10; step++) {
    pick(random, [wait, () => controller.connect(now, pick(random, ADDRESSES))])();
    watched.check(now);
  }
});
