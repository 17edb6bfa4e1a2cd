import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { parseAddress } from "../../src/base/address.ts";
import { SeededRandom } from "../../src/base/random.ts";
import { type DatagramOptions, SimDatagrams } from "../../src/sim/datagrams.ts";
import { LAN, SimNetwork } from "../../src/sim/network.ts";
import { Timeline } from "../../src/sim/timeline.ts";
import { Trace } from "../../src/sim/trace.ts";

const BYTES = Uint8Array.of(1);

/** Two machines with a socket each, and what came to the second: who sent it and what. */
function stage(options: Partial<DatagramOptions> = {}, isBehindNat = false) {
  const timeline = new Timeline();
  const network = new SimNetwork(timeline, new Trace(), new SeededRandom(1), LAN);
  const datagrams = new SimDatagrams(network, { loss: 0, duplication: 0, jitterMs: 0, ...options });
  const [one, other] = [network.addHost("192.0.2.1"), network.addHost("192.0.2.2")];
  const received: [string, number][] = [];
  const from = datagrams.open(one, 7, false, () => {});
  const to = datagrams.open(other, 8, isBehindNat, (address, [first = -1]) => {
    received.push([address, first]);
  });
  return { timeline, network, datagrams, one, other, from, to, received };
}

Deno.test("SimDatagrams: one arrives with the address of its sender", () => {
  const { timeline, from, to, received } = stage();
  from.send(to.address, BYTES);
  assertEquals(received, []);
  timeline.run(10);
  assertEquals(received, [["192.0.2.1:7", 1]]);
});

Deno.test("SimDatagrams: some get lost, come twice or overtake each other, as asked for", () => {
  const { timeline, from, to, received } = stage({ loss: 0.3, duplication: 0.2, jitterMs: 50 });
  for (let number = 0; number < 200; number++) from.send(to.address, Uint8Array.of(number));
  timeline.run(100);
  const numbers = received.map(([, number]) => number);
  const distinct = new Set(numbers).size;
  assertLess(distinct, 170);
  assertGreater(distinct, 110);
  assertGreater(numbers.length, distinct);
  assertGreater(numbers.filter((number, at) => number < (numbers[at - 1] ?? 0)).length, 10);
});

Deno.test("SimDatagrams: behind a NAT only those are heard who were sent something", () => {
  const { timeline, from, to, received } = stage({}, true);
  from.send(to.address, BYTES);
  timeline.run(10);
  assertEquals(received, []);
  to.send(from.address, BYTES);
  from.send(to.address, BYTES);
  timeline.run(10);
  assertEquals(received.length, 1);
});

Deno.test("SimDatagrams: nobody is told of a socket that is closed, or a machine that is off or unknown", () => {
  const { timeline, from, to, other, received } = stage();
  from.send(parseAddress("192.0.2.99:1"), BYTES);
  from.send(to.address, BYTES);
  other.powerOff();
  timeline.run(10);
  other.powerOn();
  to.close();
  from.send(to.address, BYTES);
  timeline.run(10);
  assertEquals(received, []);
});

Deno.test("SimDatagrams: what comes to a machine that sleeps waits, and a cut lets nothing through", () => {
  const { timeline, network, from, to, one, other, received } = stage();
  other.suspend();
  from.send(to.address, BYTES);
  timeline.run(100);
  assertEquals(received, []);
  other.resume();
  timeline.run(1);
  assertEquals(received.length, 1);
  network.cut([one], [other]);
  from.send(to.address, BYTES);
  timeline.run(100);
  network.heal();
  timeline.run(100);
  assertEquals(received.length, 1);
});
