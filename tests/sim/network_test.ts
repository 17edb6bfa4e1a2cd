import { assert, assertEquals, assertGreater } from "@std/assert";
import { concatBytes } from "../../src/base/bytes.ts";
import type { NetworkOptions } from "../../src/sim/network.ts";
import { TwoHosts } from "./two_hosts.ts";

const ROUGH: NetworkOptions = { minDelayMs: 5, maxDelayMs: 50, jitterMs: 100, loss: 0.2 };

/** Pieces that tell their place: 0, 1, 2, … */
function pieces(count: number, from = 0): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => Uint8Array.of(from + i));
}

Deno.test("SimNetwork: what is sent arrives whole and in order, whatever jitter and loss there are", () => {
  for (let seed = 0; seed < 100; seed++) {
    const world = new TwoHosts(seed, ROUGH);
    const { near, far } = world.pair();
    for (const piece of pieces(100)) {
      near.connection.send(piece);
      far.connection.send(piece);
      world.run(seed % 7);
    }
    world.run(10_000);
    assertEquals(far.bytes, concatBytes(pieces(100)), `seed ${seed}`);
    assertEquals(near.bytes, concatBytes(pieces(100)), `seed ${seed}`);
  }
});

Deno.test("SimNetwork: across a cut nothing arrives and nobody is told; it arrives when it heals", () => {
  for (let seed = 0; seed < 100; seed++) {
    const world = new TwoHosts(seed, ROUGH);
    const { near, far } = world.pair();
    for (const piece of pieces(10)) near.connection.send(piece);
    world.run(seed * 3);
    world.cut();
    const arrived = far.receivedBytes;
    for (const piece of pieces(10, 10)) near.connection.send(piece);
    world.run(3_600_000);
    assertEquals(far.receivedBytes, arrived, `seed ${seed}`);
    assertEquals([near.isClosed, far.isClosed], [false, false]);
    world.network.heal();
    for (const piece of pieces(10, 20)) near.connection.send(piece);
    world.run(10_000);
    assertEquals(far.bytes, concatBytes(pieces(30)), `seed ${seed}`);
  }
});

Deno.test("SimNetwork: a way may be blocked in one direction alone", () => {
  const world = new TwoHosts();
  const { near, far } = world.pair();
  world.network.blockWay(world.here, world.there);
  near.connection.send(Uint8Array.of(1));
  far.connection.send(Uint8Array.of(2));
  world.run(60_000);
  assertEquals([near.receivedBytes, far.receivedBytes], [1, 0]);
  world.network.heal();
  world.run(1_000);
  assertEquals(far.receivedBytes, 1);
});

Deno.test("SimNetwork: machines that are in no group of a cut hear nobody but themselves", () => {
  const world = new TwoHosts();
  world.network.cut([world.here]);
  const { network, here, there } = world;
  assertEquals([network.isOpen(here, there), network.isOpen(there, here)], [false, false]);
  assertEquals([network.isOpen(here, here), network.isOpen(there, there)], [true, true]);
});

Deno.test("SimNetwork: both directions of a pair take the same time, within the bounds", () => {
  const calm = { ...ROUGH, jitterMs: 0, loss: 0 };
  const delays = new Set<number>();
  for (let seed = 0; seed < 50; seed++) {
    const { network, here, there } = new TwoHosts(seed, calm);
    const delay = network.delay(here, there);
    assertEquals([network.delay(there, here), network.delay(here, there)], [delay, delay]);
    assert(delay >= calm.minDelayMs && delay < calm.maxDelayMs);
    delays.add(delay);
  }
  assertGreater(delays.size, 40);
});

Deno.test("SimNetwork: across a cut what is sent stays queued until it heals", () => {
  const world = new TwoHosts();
  const { near } = world.pair();
  world.cut();
  for (const piece of pieces(10)) near.connection.send(piece);
  world.run(3_600_000);
  assertEquals([near.connection.queuedBytes, near.drains], [10, 0]);
  world.network.heal();
  world.run(1_000);
  assertEquals([near.connection.queuedBytes, near.drains], [0, 1]);
});

Deno.test("SimHost: a machine that sleeps is told once it wakes that all was handed over", () => {
  const world = new TwoHosts();
  const { near, far } = world.pair();
  near.connection.send(Uint8Array.of(1));
  world.here.suspend();
  world.run(1_000);
  assertEquals([far.receivedBytes, near.drains], [1, 0]);
  world.here.resume();
  world.run(0);
  assertEquals(near.drains, 1);
});

Deno.test("SimHost: a machine that wakes and sends at once is told when that is handed over too", () => {
  const world = new TwoHosts();
  world.listen();
  const left: number[] = [];
  const near = world.dial(80, world.there.ip, {
    drained: ({ connection }) => left.push(connection.queuedBytes),
  });
  world.run(100);
  near.connection.send(Uint8Array.of(1));
  world.here.suspend();
  world.here.wakeAt(world.timeline.now(), () => near.connection.send(Uint8Array.of(2)));
  world.run(1_000);
  world.here.resume();
  world.run(1_000);
  assertEquals([near.told, left], [["opened", "drained"], [0]]);
});

/** 100 bytes/ms, and 10 ms there or back: no chance in it, so that times can be told exactly. */
const NARROW: NetworkOptions = {
  minDelayMs: 10,
  maxDelayMs: 10,
  jitterMs: 0,
  loss: 0,
  bytesPerMs: 100,
};

Deno.test("SimNetwork: with a bandwidth pieces wait for one another, and queued is what waits", () => {
  const world = new TwoHosts(1, NARROW);
  const { near, far } = world.pair();
  const { connection } = near;
  for (const bytes of [1_000, 500, 2_000]) connection.send(new Uint8Array(bytes));
  const seen: [elapsedMs: number, queued: number, arrived: number, drains: number][] = [];
  const steps: [untilMs: number, queued: number, arrived: number, drains: number][] = [
    [0, 3_500, 0, 0],
    [9, 3_500, 0, 0],
    [10, 2_500, 0, 0],
    [15, 2_000, 0, 0],
    [19, 2_000, 0, 0],
    [20, 2_000, 1_000, 0],
    [25, 2_000, 1_500, 0],
    [34, 2_000, 1_500, 0],
    [35, 0, 1_500, 1],
    [44, 0, 1_500, 1],
    [45, 0, 3_500, 1],
  ];
  let elapsedMs = 0;
  for (const [untilMs] of steps) {
    world.run(untilMs - elapsedMs);
    elapsedMs = untilMs;
    seen.push([untilMs, connection.queuedBytes, far.receivedBytes, near.drains]);
  }
  assertEquals(seen, steps);
});

Deno.test("SimNetwork: each way of each connection has the whole bandwidth for itself", () => {
  const world = new TwoHosts(1, NARROW);
  const ends = world.listen();
  const near = [world.dial(), world.dial()];
  world.run(20);
  for (const { connection } of [...near, ...ends]) connection.send(new Uint8Array(1_000));
  world.run(19);
  for (const { receivedBytes } of [...near, ...ends]) assertEquals(receivedBytes, 0);
  world.run(1);
  for (const { receivedBytes } of [...near, ...ends]) assertEquals(receivedBytes, 1_000);
  assertEquals(ends.length, 2);
});

Deno.test("SimNetwork: an idle wire saves up nothing, and is busy again with the next piece", () => {
  const world = new TwoHosts(1, NARROW);
  const { near, far } = world.pair();
  for (let i = 1; i <= 3; i++) {
    world.run(1_000);
    near.connection.send(new Uint8Array(1_000));
    world.run(19);
    assertEquals(far.receivedBytes, (i - 1) * 1_000);
    world.run(1);
    assertEquals([far.receivedBytes, near.drains], [i * 1_000, i]);
  }
});

Deno.test("SimNetwork: who sends more whenever the wire is free keeps it busy all the time", () => {
  const world = new TwoHosts(1, NARROW);
  const ends = world.listen();
  const near = world.dial(80, world.there.ip, {
    drained: ({ connection }) => connection.send(new Uint8Array(100)),
  });
  world.run(20);
  near.connection.send(new Uint8Array(100));
  world.run(1_010);
  assertEquals(ends[0]?.receivedBytes, 100_000);
  assertEquals(near.drains, 1_010);
});

Deno.test("SimNetwork: with a bandwidth all arrives whole and in order before the close, whatever befalls", () => {
  for (let seed = 0; seed < 100; seed++) {
    const world = new TwoHosts(seed, { ...ROUGH, bytesPerMs: 0.1 + seed % 3 });
    const { near, far } = world.pair();
    for (const piece of pieces(50)) near.connection.send(piece);
    world.run(seed * 3);
    if (seed % 2 === 0) world.cut();
    if (seed % 3 === 0) world.here.suspend();
    for (const piece of pieces(50, 50)) near.connection.send(piece);
    near.connection.close();
    world.run(10_000);
    world.here.resume();
    world.network.heal();
    world.run(20_000);
    assertEquals(far.bytes, concatBytes(pieces(100)), `seed ${seed}`);
    assertEquals([far.told.at(-1), far.error], ["closed", undefined], `seed ${seed}`);
    assertEquals([world.here.connectionCount, world.there.connectionCount], [0, 0]);
  }
});

Deno.test("SimNetwork: a machine cut off or asleep gets nothing onto the wire", () => {
  const world = new TwoHosts(1, NARROW);
  const { near, far } = world.pair();
  world.cut();
  for (let i = 0; i < 2; i++) near.connection.send(new Uint8Array(1_000));
  world.run(60_000);
  assertEquals([near.connection.queuedBytes, near.drains], [2_000, 0]);
  world.network.heal();
  world.run(15);
  world.here.suspend();
  world.run(60_000);
  assertEquals([near.connection.queuedBytes, near.drains, far.receivedBytes], [1_000, 0, 1_000]);
  world.here.resume();
  world.run(20);
  assertEquals([near.connection.queuedBytes, near.drains, far.receivedBytes], [0, 1, 2_000]);
});

Deno.test("SimHost: what a dead machine had not put on the wire is lost, even if it had closed", () => {
  for (const closesFirst of [false, true]) {
    const world = new TwoHosts(1, NARROW);
    const { near, far } = world.pair();
    for (let i = 0; i < 3; i++) near.connection.send(new Uint8Array(1_000));
    if (closesFirst) near.connection.close();
    world.run(15);
    world.here.powerOff();
    world.here.powerOn();
    world.run(60_000);
    assertEquals([far.told, far.receivedBytes], [["received"], 1_000]);
    assertEquals([near.told, world.here.connectionCount], [["opened"], 0]);
  }
});

Deno.test("SimHost: what waits for the wire is dropped when the far end closes", () => {
  const world = new TwoHosts(1, NARROW);
  const { near, far } = world.pair();
  for (let i = 0; i < 3; i++) near.connection.send(new Uint8Array(1_000));
  far.connection.close();
  world.run(60_000);
  assertEquals([near.told, near.connection.queuedBytes], [["opened", "closed"], 0]);
  assertEquals([world.here.connectionCount, world.there.connectionCount], [0, 0]);
});

Deno.test("SimHost: a process that dies resets its connections, after what it sent", () => {
  const world = new TwoHosts();
  const { near, far } = world.pair();
  far.connection.send(Uint8Array.of(1));
  world.there.killProcess();
  world.run(100);
  assertEquals(near.told, ["opened", "received", "closed"]);
  assertEquals(near.error?.code, "reset");
  assertEquals(far.told, []);
  assertEquals([world.here.connectionCount, world.there.connectionCount], [0, 0]);
});

Deno.test("SimHost: a machine that dies tells nobody, and resets what reaches it once it is back", () => {
  const world = new TwoHosts();
  const { near } = world.pair();
  world.there.powerOff();
  near.connection.send(Uint8Array.of(1));
  world.run(3_600_000);
  // The system took the byte, as it would for a machine that is only slow to answer.
  assertEquals(near.told, ["opened", "drained"]);
  world.there.powerOn();
  world.run(1_000);
  assertEquals(near.told, ["opened", "drained"]);
  near.connection.send(Uint8Array.of(2));
  world.run(1_000);
  assertEquals(near.error?.code, "reset");
});

Deno.test("SimHost: a close across a cut leaves the far end half-open until it heals", () => {
  const world = new TwoHosts();
  const { near, far } = world.pair();
  world.cut();
  near.connection.close();
  world.run(60_000);
  assertEquals([far.isClosed, world.there.connectionCount], [false, 1]);
  world.network.heal();
  world.run(1_000);
  assertEquals([far.isClosed, far.error, world.there.connectionCount], [true, undefined, 0]);
});

Deno.test("SimHost: nobody on the port is a refusal, no machine there is no way", () => {
  const world = new TwoHosts();
  const refused = world.dial(81);
  const unreachable = world.dial(80, "fd00::99");
  world.run(100);
  assertEquals([refused.error?.code, unreachable.error?.code], ["refused", "unreachable"]);
  assertEquals(world.here.connectionCount, 0);
});

Deno.test("SimHost: a request to connect that is lost is repeated, and gets through after a cut", () => {
  const world = new TwoHosts();
  const ends = world.listen();
  world.cut();
  const early = world.dial();
  world.run(2_000);
  world.network.heal();
  assertEquals(early.told, []);
  world.run(1_200);
  assertEquals([early.told, ends.length], [["opened"], 1]);
});

Deno.test("SimHost: a dead machine does not answer, and the dialler gives up after two minutes", () => {
  const world = new TwoHosts();
  world.listen();
  world.there.powerOff();
  const near = world.dial();
  world.run(60_000);
  assertEquals(near.told, []);
  world.run(60_000);
  assertEquals(near.error?.code, "timed-out");
});

Deno.test("SimHost: a machine that sleeps misses nothing and says nothing until it wakes", () => {
  const world = new TwoHosts();
  const { near, far } = world.pair();
  const woken: number[] = [];
  world.there.wakeAt(world.timeline.now() + 10, () => woken.push(world.timeline.now()));
  const cancel = world.there.wakeAt(world.timeline.now() + 10, () => woken.push(-1));
  world.there.suspend();
  for (const piece of pieces(3)) near.connection.send(piece);
  world.run(10_000);
  assertEquals([woken, far.receivedBytes], [[], 0]);
  cancel();
  world.there.resume();
  world.run(1_000);
  assertEquals([woken.length, far.bytes], [1, concatBytes(pieces(3))]);
});
