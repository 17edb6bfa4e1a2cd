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
  assertEquals(near.told, ["opened"]);
  world.there.powerOn();
  world.run(1_000);
  assertEquals(near.told, ["opened"]);
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
