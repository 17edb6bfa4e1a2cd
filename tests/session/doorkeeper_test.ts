import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import { Doorkeeper } from "../../src/session/doorkeeper.ts";

const LIMITS = { maxHandshakes: 3, handshakeTimeoutMs: 5_000, maxPerHost: 4 };

function newDoor(limits = {}): Doorkeeper<string> {
  return new Doorkeeper({ ...LIMITS, ...limits });
}

Deno.test("Doorkeeper: callers come in while there are few", () => {
  const door = newDoor();
  const answers = ["a", "b", "c"].map((caller) => door.knock(0, caller, caller));
  assertEquals(answers, [undefined, undefined, undefined]);
});

Deno.test("Doorkeeper: of too many handshakes the oldest gives way, and the newcomer stays", () => {
  const door = newDoor();
  for (const caller of ["a", "b", "c"]) door.knock(0, caller, caller);
  const first = door.knock(1, "d", "d");
  const second = door.knock(2, "e", "e");
  assertEquals([first?.caller, second?.caller], ["a", "b"]);
  assertStringIncludes(first?.reason ?? "", "more than 3 under way");
});

Deno.test("Doorkeeper: who is in makes room for the handshakes of others, and is never dropped", () => {
  const door = newDoor();
  for (let i = 0; i < 100; i++) {
    const caller = `caller ${i}`;
    assertEquals(door.knock(i, caller, caller), undefined);
    door.enter(caller);
  }
  assertEquals(door.takeOverdue(1e9), []);
});

Deno.test("Doorkeeper: from a host that holds its share a newcomer is turned away, and alone", () => {
  const door = newDoor();
  for (const caller of ["a", "b"]) {
    door.knock(0, caller, "::1");
    door.enter(caller);
  }
  for (const caller of ["c", "d"]) door.knock(0, caller, "::1");
  const answer = door.knock(1, "e", "::1");
  assertEquals(answer?.caller, "e");
  assertStringIncludes(answer?.reason ?? "", "holds 4 connections already");
  assertEquals(door.knock(1, "f", "::2"), undefined);
});

Deno.test("Doorkeeper: a place is free again once a connection has ended", () => {
  const door = newDoor();
  for (const caller of ["a", "b", "c", "d"]) {
    door.knock(0, caller, "::1");
    door.enter(caller);
  }
  door.leave("a");
  door.leave("a");
  door.leave("nobody");
  assertEquals(door.knock(1, "e", "::1"), undefined);
  assertEquals(door.knock(2, "f", "::1")?.caller, "f");
});

Deno.test("Doorkeeper: a handshake that is not over in time is named once, at the right moment", () => {
  const door = newDoor();
  door.knock(100, "slow", "::1");
  door.knock(200, "slower", "::1");
  assertEquals(door.nextWakeup(), 5_100);
  assertEquals(door.takeOverdue(5_099), []);
  const [overdue, ...others] = door.takeOverdue(5_100);
  assertEquals([overdue?.caller, others], ["slow", []]);
  assertStringIncludes(overdue?.reason ?? "", "not over within 5 s");
  assertEquals(door.nextWakeup(), 5_200);
  assertEquals(door.takeOverdue(9_999).map(({ caller }) => caller), ["slower"]);
  assertEquals([door.takeOverdue(9_999), door.nextWakeup()], [[], undefined]);
});

Deno.test("Doorkeeper: in a flood the honest get in, if their handshake is shorter than a turn", () => {
  const door = newDoor({ maxPerHost: 10_000 });
  for (let i = 0; i < 1000; i++) {
    door.knock(i, `silent ${i}`, "::1");
    if (i % 100 !== 0) continue;
    door.knock(i, `honest ${i}`, "::1");
    // Two more come while it shakes hands.
    for (const nth of [1, 2]) {
      const dropped = door.knock(i, `${nth} beside ${i}`, "::1")?.caller ?? "nobody";
      assertNotEquals(dropped, `honest ${i}`);
    }
    door.enter(`honest ${i}`);
  }
});

Deno.test("Doorkeeper: whatever happens, nobody holds more than allowed, and places come back", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = new SeededRandom(seed);
    const door = new Doorkeeper<number>(LIMITS);
    /** What a slow, obvious count says is there. */
    const there = new Map<number, { host: string; shaking: boolean }>();
    for (let now = 0; now < 2_000; now++) {
      const callers = [...there.keys()];
      const caller = callers[randomInt(random, Math.max(callers.length, 1))];
      switch (randomInt(random, 4)) {
        case 0:
          if (caller === undefined) break;
          door.enter(caller);
          there.set(caller, { host: there.get(caller)?.host ?? "", shaking: false });
          break;
        case 1:
          if (caller === undefined) break;
          door.leave(caller);
          there.delete(caller);
          break;
        default: {
          const host = `host ${randomInt(random, 3)}`;
          there.set(now, { host, shaking: true });
          const ofHost = [...there.values()].filter((each) => each.host === host);
          const shaking = [...there].filter(([, each]) => each.shaking);
          const expected = ofHost.length > LIMITS.maxPerHost
            ? now
            : shaking.length > LIMITS.maxHandshakes
            ? shaking[0]?.[0]
            : undefined;
          const answer = door.knock(now, now, host);
          assertEquals(answer?.caller, expected, `seed ${seed}, at ${now}`);
          if (answer !== undefined) there.delete(answer.caller);
        }
      }
      assert(there.size <= 3 * LIMITS.maxPerHost);
    }
  }
});
