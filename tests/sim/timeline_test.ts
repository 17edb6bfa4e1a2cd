import { assert, assertEquals } from "@std/assert";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import { Timeline } from "../../src/sim/timeline.ts";

Deno.test("Timeline: things happen in the order of their instants, then of asking", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = new SeededRandom(seed);
    const timeline = new Timeline();
    const asked = Array.from({ length: 200 }, (_, order) => ({ at: randomInt(random, 20), order }));
    const happened: typeof asked = [];
    for (const each of asked) timeline.wakeAt(each.at, () => happened.push(each));
    timeline.run(20);
    assertEquals(happened, asked.toSorted((a, b) => a.at - b.at || a.order - b.order));
    assertEquals(timeline.events, 200);
  }
});

Deno.test("Timeline: shows the instant of what is happening, and the end after a run", () => {
  const timeline = new Timeline();
  const wallAtStart = timeline.wall();
  const seen: number[] = [];
  for (const at of [10.5, 3]) timeline.wakeAt(at, () => seen.push(timeline.now()));
  timeline.run(100);
  assertEquals(seen, [3, 10.5]);
  assertEquals(timeline.now(), 100);
  assertEquals(timeline.wall() - wallAtStart, 100);
});

Deno.test("Timeline: what falls on the end of a run happens in it, what comes later does not", () => {
  const timeline = new Timeline();
  const happened: number[] = [];
  for (const at of [10, 10.001]) timeline.wakeAt(at, () => happened.push(at));
  timeline.run(10);
  assertEquals(happened, [10]);
  timeline.run(1);
  assertEquals(happened, [10, 10.001]);
});

Deno.test("Timeline: what is past happens now, after what was asked for before", () => {
  const timeline = new Timeline();
  const happened: string[] = [];
  timeline.run(10);
  timeline.wakeAt(10, () => happened.push("present"));
  timeline.wakeAt(-Infinity, () => happened.push("past"));
  timeline.run(0);
  assertEquals([happened, timeline.now()], [["present", "past"], 10]);
});

Deno.test("Timeline: what is cancelled does not happen, also by what happens just before it", () => {
  const timeline = new Timeline();
  const happened: string[] = [];
  timeline.wakeAt(1, () => {
    happened.push("first");
    cancel();
  });
  const cancel = timeline.wakeAt(1, () => happened.push("second"));
  const again = timeline.wakeAt(2, () => happened.push("third"));
  timeline.run(3);
  again();
  assertEquals(happened, ["first", "third"]);
  assertEquals(timeline.events, 2);
});

Deno.test("Timeline: what happens may ask for more, in the same instant too", () => {
  const timeline = new Timeline();
  const happened: number[] = [];
  const tick = () => {
    happened.push(timeline.now());
    timeline.after(happened.length % 2 === 0 ? 5 : 0, tick);
  };
  timeline.after(5, tick);
  timeline.run(12);
  assertEquals(happened, [5, 5, 10, 10]);
  assert(timeline.now() === 12);
});
