import { assert, assertEquals, assertThrows } from "@std/assert";
import type { MapChange } from "../../src/controller/map_change.ts";
import { MapRecorder } from "../../src/controller/map_recorder.ts";
import type { LinkView, NodeView } from "../../src/controller/snapshot.ts";
import { Timeline } from "../../src/sim/timeline.ts";
import { link, node, snapshot } from "../report/networks.ts";

/** A recorder, and the map that it looks at. */
function rig(nodes: NodeView[] = [node("bob", 1, { state: "own" })]) {
  const clock = new Timeline();
  let version = 0;
  let links: LinkView[] = [];
  const rig = {
    clock,
    /** Times that the map was looked at. */
    looks: 0,
    recorder: new MapRecorder(clock, {
      version: () => version,
      snapshot() {
        rig.looks++;
        return snapshot("bob", { nodes, links });
      },
    }),
    /** The round trip of the only link becomes another. */
    measure(rttUs: number) {
      links = [link("bob", "alice", rttUs)];
      version++;
      rig.recorder.handleNews();
    },
    /** Something happens that changes nothing. */
    renew() {
      version++;
      rig.recorder.handleNews();
    },
  };
  return rig;
}

function rttsOf(changes: readonly MapChange[]): (number | null | undefined)[] {
  return changes.map(({ links }) => links[0]?.rttUs);
}

Deno.test("MapRecorder: looks at nothing before somebody wants to know", () => {
  const { recorder, measure, clock, ...rest } = rig();
  measure(1);
  clock.run(10_000);
  assertEquals([rest.looks, clock.events], [0, 0]);
  assertEquals(rttsOf(recorder.changes()), [1]);
});

Deno.test("MapRecorder: what comes within a tenth of a second is one change", () => {
  const it = rig();
  it.recorder.start();
  it.clock.run(1000);
  const told: [at: number, rtt: number | null | undefined][] = [];
  it.recorder.listen(({ links }) => told.push([it.clock.now(), links[0]?.rttUs]));
  for (let rtt = 1; rtt <= 25; rtt++) {
    it.measure(rtt);
    it.clock.run(10);
  }
  it.clock.run(1000);
  assertEquals(told, [[1100, 10], [1200, 20], [1300, 25]]);
  assertEquals(it.looks, 4);
});

Deno.test("MapRecorder: what has passed when it looks was never there", () => {
  const it = rig();
  it.recorder.start();
  it.measure(1);
  it.clock.run(1000);
  it.measure(2);
  it.clock.run(99);
  it.measure(1);
  it.clock.run(1000);
  assertEquals(rttsOf(it.recorder.changes()), [undefined, 1]);
});

Deno.test("MapRecorder: rests while nothing happens, and what changes nothing is not told", () => {
  const it = rig();
  it.recorder.start();
  const told: MapChange[] = [];
  it.recorder.listen((change) => told.push(change));
  it.clock.run(100_000);
  assertEquals([it.looks, it.clock.events], [1, 0]);
  it.renew();
  it.clock.run(1000);
  for (let i = 0; i < 100; i++) it.recorder.handleNews();
  it.clock.run(1000);
  assertEquals([it.looks, it.clock.events, told], [2, 1, []]);
});

Deno.test("MapRecorder: looks less often at a large map", () => {
  const nodes = Array.from({ length: 1000 }, (_, at) => {
    const letters = "abcdefghijklmnopqrstuvwxyz234567";
    return node(`${letters[at >> 5]}${letters[at & 31]}z`);
  });
  const it = rig(nodes);
  it.recorder.start();
  for (let rtt = 1; rtt <= 100; rtt++) {
    it.measure(rtt);
    it.clock.run(10);
  }
  assert(it.looks <= 5, `${it.looks} looks in a second`);
});

Deno.test("MapRecorder: who asks is told of the present, whatever the time of the last look", () => {
  const it = rig();
  it.recorder.start();
  it.measure(1);
  assertEquals(rttsOf(it.recorder.changes()).at(-1), 1);
  it.clock.run(1);
  it.measure(2);
  assertEquals(rttsOf(it.recorder.changes()).at(-1), 2);
  assertEquals(it.looks, 3);
  it.recorder.changes();
  it.clock.run(1000);
  assertEquals(it.looks, 3);
});

Deno.test("MapRecorder: one who asks while being told does not upset the order for the others", () => {
  const it = rig();
  const told: (number | null | undefined)[] = [];
  it.recorder.listen(({ links: [first] }) => {
    if (first?.rttUs === 1) it.measure(2);
    it.recorder.changes();
  });
  it.recorder.listen((change) => told.push(...rttsOf([change])));
  it.measure(1);
  it.clock.run(1000);
  assertEquals(told, [1, 2]);
});

Deno.test("MapRecorder: one who stops listening, or fails, keeps nobody else from hearing", () => {
  const it = rig();
  const told: (number | null | undefined)[] = [];
  const both = (change: MapChange) => told.push(...rttsOf([change]));
  const measure = (rttUs: number) => {
    it.measure(rttUs);
    it.clock.run(1000);
  };
  const stops = [it.recorder.listen(both), it.recorder.listen(both)];
  measure(1);
  stops[0]?.();
  stops[0]?.();
  measure(2);
  assertEquals(told, [1, 1, 2]);
  const stop = it.recorder.listen(() => {
    throw new Error("Nobody foresaw this");
  });
  assertThrows(() => measure(3), Error, "Nobody foresaw this");
  stop();
  measure(4);
  assertEquals(told, [1, 1, 2, 3, 4]);
});

Deno.test("MapRecorder: once stopped it looks at nothing by itself", () => {
  const it = rig();
  it.recorder.start();
  it.measure(1);
  it.recorder.stop();
  it.measure(2);
  it.clock.run(10_000);
  assertEquals([it.looks, it.clock.events], [1, 0]);
  assertEquals(rttsOf(it.recorder.changes()).at(-1), 2);
});
