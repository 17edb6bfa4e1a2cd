import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describeClose } from "../../src/session/close_reason.ts";
import { Session } from "../../src/session/session.ts";
import { encodeFrame } from "../../src/wire/frame.ts";
import { encodeTopologyMessage } from "../../src/wire/topology.ts";
import { DIALLER, frameOf, LISTENER, OPTIONS, SessionPair } from "./session_pair.ts";

const SUMMARY = encodeTopologyMessage({ type: "summary", count: 1, hash: 2 });

Deno.test("Session: once warm, pings once every period", () => {
  const pair = SessionPair.up();
  pair.run(1_000);
  const { dialler, listener } = pair;
  const before = dialler.sent.length + listener.sent.length;
  pair.run(10 * OPTIONS.heartbeatPeriodMs);
  // A ping and a pong from each end in each period.
  assertEquals(dialler.sent.length + listener.sent.length - before, 10 * 4);
});

Deno.test("Session: measures the round trip in microseconds at both ends", () => {
  const pair = SessionPair.up(12.345);
  pair.run(1_000);
  assertEquals(pair.dialler.session.rttUs, 24_690);
  assertEquals(pair.listener.session.rttUs, 24_690);
  const values = pair.dialler.events.filter(({ type }) => type === "rtt");
  assertEquals(values, new Array(4).fill({ type: "rtt", rttUs: 24_690 }));
});

Deno.test("Session: takes the smallest of the first round trips, then averages", () => {
  const session = upDialler();
  const rtts: (number | null)[] = [];
  let now = 0;
  for (const [index, ms] of [9, 3, 5, 7].entries()) {
    // The next ping leaves as soon as the one before is answered.
    now += ms;
    session.handleBytes(now, frameOf({ type: "pong", number: index + 1 }));
    rtts.push(session.rttUs);
  }
  now = session.nextWakeup() as number;
  session.handleTime(now);
  session.handleBytes(now + 11, frameOf({ type: "pong", number: 5 }));
  assertEquals([...rtts, session.rttUs], [9_000, 3_000, 3_000, 3_000, 4_000]);
});

Deno.test("Session: an answer to no ping, or a second answer, measures nothing", () => {
  const session = upDialler();
  session.handleBytes(5, frameOf({ type: "pong", number: 99 }));
  assertEquals(session.rttUs, null);
  session.handleBytes(6, frameOf({ type: "pong", number: 1 }));
  session.handleBytes(900, frameOf({ type: "pong", number: 1 }));
  assertEquals(session.rttUs, 6_000);
});

Deno.test("Session: silence closes the link exactly at the heartbeat timeout", () => {
  const session = upDialler();
  const { heartbeatPeriodMs, heartbeatTimeoutMs } = OPTIONS;
  for (let at = heartbeatPeriodMs; at < heartbeatTimeoutMs; at += heartbeatPeriodMs) {
    session.handleTime(at);
  }
  assertEquals(session.nextWakeup(), heartbeatTimeoutMs);
  session.handleTime(heartbeatTimeoutMs - 0.001);
  assertEquals(session.isUp, true);
  session.handleTime(heartbeatTimeoutMs);
  const closed = session.takeEvents().at(-1);
  assert(closed?.type === "closed");
  assertStringIncludes(describeClose(closed.reason), "nothing was heard");
});

Deno.test("Session: any traffic proves life, whatever it says", () => {
  const session = upDialler();
  const frame = encodeFrame(SUMMARY);
  for (let now = 0; now < 60_000; now += 1_000) {
    session.handleTime(now);
    // A part of a frame is a sign of life too.
    session.handleBytes(now, now % 2_000 === 0 ? frame.subarray(0, 2) : frame.subarray(2));
  }
  assertEquals(session.isUp, true);
});

Deno.test("Session: a clock that slept accuses nobody, however long", () => {
  for (const sleepMs of [OPTIONS.heartbeatTimeoutMs + 1, 3_600_000, 30 * 86_400_000]) {
    const pair = SessionPair.up();
    pair.run(1_000);
    pair.sleep(sleepMs);
    pair.run(10_000);
    assertEquals([pair.dialler.session.isUp, pair.listener.session.isUp], [true, true]);
  }
});

Deno.test("Session: after a sleep, a peer that is gone is found out one timeout later", () => {
  const session = upDialler();
  session.handleTime(3_600_000);
  assertEquals(session.isUp, true);
  const limit = 3_600_000 + OPTIONS.heartbeatTimeoutMs;
  for (let at = session.nextWakeup(); at !== undefined && at < limit; at = session.nextWakeup()) {
    session.handleTime(at);
  }
  assertEquals(session.isUp, true);
  session.handleTime(limit);
  assertEquals(session.isClosed, true);
});

Deno.test("Session: wake-ups that come early or again change nothing", () => {
  const calm = SessionPair.up();
  const nervous = SessionPair.up();
  for (let i = 0; i < 300; i++) {
    calm.run(100);
    for (let j = 0; j < 3; j++) {
      nervous.dialler.session.handleTime(nervous.now);
      nervous.listener.session.handleTime(nervous.now);
    }
    nervous.run(100);
  }
  assertEquals(nervous.dialler.events, calm.dialler.events);
  assertEquals(nervous.dialler.sent, calm.dialler.sent);
});

/** The dialler's end of a link that is up since 0, with nobody at the other end. */
function upDialler(): Session {
  const session = Session.dial(0, OPTIONS);
  session.handleOpened(DIALLER, true, LISTENER.id);
  session.handleBytes(0, frameOf({ type: "welcome", introduction: LISTENER }));
  session.confirm(0);
  return session;
}
