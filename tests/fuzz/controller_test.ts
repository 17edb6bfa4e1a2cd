import { assertEquals } from "@std/assert";
import { type Address, parseAddress, schemeOf } from "../../src/base/address.ts";
import { concatBytes, equalBytes } from "../../src/base/bytes.ts";
import type { AgreementKey } from "../../src/base/ports.ts";
import { randomInt, type SeededRandom } from "../../src/base/random.ts";
import type { Settings } from "../../src/controller/settings.ts";
import type { KnownPeer } from "../../src/identity/known_peers.ts";
import { encodeFrame } from "../../src/wire/frame.ts";
import { MAX_SEQUENCE } from "../../src/wire/limits.ts";
import { FAREWELLS, type Introduction, REFUSALS } from "../../src/wire/link.ts";
import {
  type Advertisement,
  encodeAdvertisement,
  type IndexEntry,
} from "../../src/wire/topology.ts";
import { CRYPTO, signerOf, successionOf } from "../identity/signers.ts";
import { encodeMessage, type SentMessage } from "../wire/samples.ts";
import { fuzz, mutated, pick, randomBytes } from "./fuzz.ts";
import { HostileMail } from "./hostile_mail.ts";
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
  networkKey: "",
  trust: { mode: "tofu", allow: [], deny: [signerOf(10).id] },
  maxKnown: 4,
  maxBanned: 2,
  banMs: 10_000,
  reportPeriodMs: 5_000,
  topology: { maxAgeMs: 60_000, maxNodes: 7, maxSkewMs: 20_000 },
  inbox: { count: 20, bytes: 2_000 },
  messaging: { queues: { perLink: 100_000, inAll: 150_000 }, greetPeriodMs: 7_000 },
  dht: { bucketSize: 2, maxRecords: 8 },
  rooms: { maxRooms: 2, maxLinks: 2 },
  maxRoomEvents: 10,
};

const MONTH_MS = 30 * 86_400_000;

const WALL_AT_START = 1_767_225_600_000;

/** Keys of all nodes; the own one in the midst of the others, because ids decide which link stays. */
const SELF = 5;
const NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** Changes of key: true ones mostly, among them some from and to the own key. */
const CHAINS = [
  [],
  [],
  [],
  [],
  [successionOf(7, 8)],
  [successionOf(SELF, 9)],
  [successionOf(1, 2), successionOf(2, SELF)],
  [successionOf(3, 4), successionOf(4, 3)],
  [successionOf(1, 2, { by: 9 })],
];
/** The keys of all nodes, by number, to which messages for them are sealed. */
const SEALING_KEYS = Array.from({ length: 11 }, () => CRYPTO.newAgreementKey());

function sealingKeyOf(number: number): AgreementKey {
  return SEALING_KEYS[number] as AgreementKey;
}

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

/** A chain that leads to the key `number`, or now and then any. */
function someChain(random: SeededRandom, number: number) {
  const key = signerOf(number).publicKey;
  const fitting = CHAINS.filter((chain) => equalBytes(chain.at(-1)?.newKey ?? key, key));
  return pick(random, random.next() < 0.02 ? CHAINS : fitting);
}

function introduction(random: SeededRandom, number: number): Introduction {
  return {
    network: random.next() < 0.02 ? "other" : SETTINGS.network,
    id: signerOf(number).id,
    instance: randomInt(random, 2),
    label: pick(random, ["", "bob", "é".repeat(64)]),
    addresses: someAddresses(random),
    capabilities: [],
    seenAt: pick(random, ADDRESSES),
    proof: new Uint8Array(0),
    successions: someChain(random, number),
  };
}

/** A date near `wallMs`, or now and then one that is too old or from the future. */
function someDate(random: SeededRandom, wallMs: number): number {
  const aheadMs = randomInt(random, 20_000) - 10_000;
  const oddMs = pick(random, [-100_000, 20_000, 20_001, 40_000, 40_001]);
  return Math.floor(wallMs + (random.next() < 0.05 ? oddMs : aheadMs));
}

function advertisement(random: SeededRandom, wallMs: number, number: number): Advertisement {
  const { id, publicKey } = signerOf(number);
  return {
    id,
    sequence: random.next() < 0.002 ? pick(random, [0, MAX_SEQUENCE]) : someDate(random, wallMs),
    publicKey,
    label: pick(random, ["", "bob"]),
    addresses: someAddresses(random),
    left: random.next() < 0.1,
    links: Array.from({ length: randomInt(random, 5) }, () => ({
      peer: signerOf(pick(random, NUMBERS)).id,
      dialled: random.next() < 0.5,
      rttUs: pick(random, [null, 0, 100, 0xffff_ffff]),
    })),
    successions: someChain(random, number),
    sealingKey: random.next() < 0.05 ? randomBytes(random, 32) : sealingKeyOf(number).publicKey,
  };
}

function carried(random: SeededRandom, wallMs: number) {
  const number = pick(random, NUMBERS);
  const body = encodeAdvertisement(advertisement(random, wallMs, number));
  const by = random.next() < 0.01 ? pick(random, NUMBERS) : number;
  const signature = signerOf(by).sign(body);
  return { body: random.next() < 0.01 ? mutated(random, body) : body, signature };
}

function entry(random: SeededRandom, wallMs: number): IndexEntry {
  return { id: signerOf(pick(random, NUMBERS)).id, sequence: someDate(random, wallMs) };
}

/** What an ordinary peer would say next, and now and then what none would. */
function message(random: SeededRandom, wallMs: number): SentMessage {
  const several = <T>(make: (random: SeededRandom, wallMs: number) => T) =>
    Array.from({ length: randomInt(random, 4) }, () => make(random, wallMs));
  const made: readonly (() => SentMessage)[] = [
    () => ({ type: "ping", number: randomInt(random, 9) }),
    () => ({ type: "pong", number: randomInt(random, 9) }),
    () => ({ type: "summary", count: randomInt(random, 9), hash: random.uint32() }),
    () => ({ type: "index", entries: several(entry) }),
    () => ({ type: "advertisements", carried: several(carried) }),
    () => ({ type: "advertisements", carried: several(carried) }),
    () => ({ type: "bye", reason: pick(random, FAREWELLS), detail: "" }),
    () => ({ type: "refuse", reason: pick(random, REFUSALS), detail: "" }),
  ];
  return pick(random, random.next() < 0.02 ? made : made.slice(0, 6))();
}

/** The steps by which a peer brings a link up. */
function handshake(random: SeededRandom, { direction, peer }: WorldLink): SentMessage[] {
  const wanted = random.next() < 0.5;
  const number = random.next() < 0.01 ? pick(random, NUMBERS) : peer;
  return direction === "outgoing"
    ? [{ type: "welcome", introduction: introduction(random, number) }]
    : [{ type: "hello", introduction: introduction(random, number), wanted }, { type: "ready" }];
}

/** What comes in on a link next: mostly what an ordinary peer would send, now and then rubbish. */
function someBytes(random: SeededRandom, wallMs: number, link: WorldLink): Uint8Array {
  if (random.next() < 0.01) link.steps = randomInt(random, 3);
  const steps = handshake(random, link).slice(link.steps, link.steps + 1);
  link.steps++;
  const messages = steps.length > 0
    ? steps
    : Array.from({ length: randomInt(random, 4) }, () => message(random, wallMs));
  const bytes = concatBytes(messages.map((each) => encodeFrame(encodeMessage(each))));
  if (random.next() < 0.005) return concatBytes([bytes, randomBytes(random, 20)]);
  return bytes.length > 0 && random.next() < 0.005 ? mutated(random, bytes) : bytes;
}

/** What somebody might write into the file of known peers. */
function someKnown(random: SeededRandom): KnownPeer[] {
  return NUMBERS.filter(() => random.next() < 0.3).map((number) => ({
    id: signerOf(number).id,
    label: "",
    addresses: someAddresses(random),
    firstSeen: 0,
    lastSeen: random.uint32(),
    pinned: random.next() < 0.3,
    formerly: [],
  }));
}

fuzz("Controller: whatever comes, it never throws and keeps its promises", 250, (random) => {
  let now = 0;
  let wallOffsetMs = WALL_AT_START;
  const watched = new WatchedController(now, {
    settings: SETTINGS,
    signer: signerOf(SELF),
    crypto: CRYPTO,
    successions: [],
    knownPeers: [],
    random,
    program: "area-net",
    hasRoom: () => random.next() < 0.9,
    wallOffsetMs,
    reaches: (address) => schemeOf(address) === "tls",
  });
  const { controller, links } = watched;
  const mail = new HostileMail({ random, numbers: NUMBERS, crypto: CRYPTO, keyOf: sealingKeyOf });
  const binding = new Uint8Array(32);
  const someone = (number: number) => ({
    address: pick(random, ADDRESSES),
    id: signerOf(number).id,
    binding,
  });
  const onLink = (act: (link: WorldLink) => void) => {
    if (links.size > 0) act(pick(random, [...links.values()]));
  };
  const accept = () => {
    const number = pick(random, NUMBERS);
    watched.add(controller.handleAccepted(now, someone(number)), "incoming", number);
  };
  const bytes = () =>
    onLink((link) => {
      if (link.isOpen) {
        controller.handleBytes(now, link.id, someBytes(random, now + wallOffsetMs, link));
      }
    });
  const letters = () =>
    onLink((link) => {
      if (!link.isOpen || link.peer === 0) return;
      const victim = { id: signerOf(SELF).id, sealingKey: watched.sealingKey, sent: watched.sent };
      const frames = Array.from(
        { length: 1 + randomInt(random, 4) },
        () => encodeFrame(encodeMessage(mail.next(link.peer, victim))),
      );
      controller.handleBytes(now, link.id, concatBytes(frames));
    });
  const send = () => {
    const content = pick(random, ["", "text", new Uint8Array(500), new Uint8Array(90_000)]);
    const linked = [...links.values()].map(({ peer }) => peer).filter((peer) => peer !== 0);
    const to = pick(random, random.next() < 0.1 || linked.length === 0 ? NUMBERS : linked);
    watched.send(now, signerOf(to).id, content, 3_000 * random.next());
  };
  const visit = () => {
    const name = pick(random, ["kitchen", "garden", "attic"]);
    const act = pick(random, ["join", "leave", "say"] as const);
    controller.askRooms(now, (rooms) => {
      if (act === "say") rooms.say(now, name, pick(random, ["text", new Uint8Array(50_000)]));
      else if (act === "leave") rooms.leave(now, name);
      else if (watched.rooms.size < SETTINGS.rooms.maxRooms) rooms.join(now, name);
      watched.rooms.clear();
      for (const each of rooms.names()) watched.rooms.add(each);
    });
  };
  const take = () =>
    onLink(({ id }) => {
      for (let left = randomInt(random, 10); left > 0; left--) watched.takeFrame(now, id);
    });
  const open = () =>
    onLink((link) => {
      if (link.isOpen) return;
      link.isOpen = true;
      link.peer = pick(random, NUMBERS);
      controller.handleOpened(now, link.id, someone(link.peer));
    });
  const close = () =>
    onLink(({ id }) => {
      links.delete(id);
      const error = { code: "reset" as const, detail: "Connection reset" };
      controller.handleClosed(now, id, pick(random, [undefined, error]));
    });
  const connectTo = (number: number) =>
    controller.connect(now, pick(random, ADDRESSES), signerOf(number).id);
  const setClock = (byMs: number) => controller.setWallOffset(wallOffsetMs += byMs);
  const wait = () => controller.handleTime(now += random.next() * pick(random, [10, 500, 5_000]));
  const steps: readonly (() => void)[] = [
    ...[bytes, bytes, bytes, bytes, bytes, bytes, open, open, accept, wait, wait],
    ...[letters, letters, letters, send, send, take, take, take],
    () => random.next() < 0.05 && controller.disconnect(now, signerOf(pick(random, NUMBERS)).id),
    () => random.next() < 0.1 && controller.discover(now),
    () => random.next() < 0.3 && visit(),
    () => random.next() < 0.1 && connectTo(pick(random, NUMBERS)),
    () => random.next() < 0.1 && close(),
    () => random.next() < 0.1 && controller.connect(now, pick(random, ADDRESSES)),
    () => random.next() < 0.1 && controller.rejoin(now),
    () => random.next() < 0.05 && controller.reviseKnownPeers(now, someKnown(random)),
    () => random.next() < 0.02 && setClock(pick(random, [-30_000, -1_000, 1_000, 90_000])),
    () => random.next() < 0.1 && controller.handleListening(now, pick(random, ADDRESSES)),
    () => random.next() < 0.005 && controller.handleTime(now += MONTH_MS),
  ];
  for (let step = 0; step < 300; step++) {
    pick(random, steps)();
    watched.check(now);
  }
  controller.leave(now);
  watched.check(now);
  assertEquals(watched.open, 0, "Every letter has come to its end");
  for (let step = 0; step < 10; step++) {
    pick(random, [wait, () => controller.connect(now, pick(random, ADDRESSES))])();
    watched.check(now);
  }
});
