import { assert, assertEquals, assertGreater } from "@std/assert";
import { type Address, parseAddress } from "../../src/base/address.ts";
import { decodeUtf8, encodeUtf8 } from "../../src/base/bytes.ts";
import { SeededRandom } from "../../src/base/random.ts";
import type { MemberEffect, StreamId } from "../../src/chain/member_effect.ts";
import { Registration } from "../../src/chain/registration.ts";
import { encodeError, encodePlace, type Part } from "../../src/chain/rendezvous_protocol.ts";
import { ServerStreams } from "../../src/chain/server_streams.ts";

const HEAD = parseAddress("203.0.113.1:1"), TAIL = parseAddress("203.0.113.1:2");
const OTHER = parseAddress("203.0.113.9:9");

/** A registration, and a chain server in the hands of the test. */
class Desk {
  readonly effects: MemberEffect[] = [];
  readonly placed: [Part, Address][] = [];
  readonly streams = new ServerStreams((effect) => this.effects.push(effect));
  head = HEAD;
  registered = 0;
  readonly registration = new Registration({
    random: new SeededRandom(1),
    streams: this.streams,
    ownAddresses: () => ({ head: this.head, tail: TAIL }),
    registered: () => this.registered++,
    placed: (_now, part, address) => this.placed.push([part, address]),
  });

  /** The stream that was dialled last. */
  get stream(): StreamId {
    const dial = this.effects.findLast(({ type }) => type === "dial");
    return dial?.type === "dial" ? dial.stream : 0;
  }

  get ended(): StreamId[] {
    return this.effects.flatMap((each) => each.type === "end" ? [each.stream] : []);
  }

  get said(): string[] {
    return this.effects.flatMap((each) => each.type === "write" ? [decodeUtf8(each.bytes)] : []);
  }

  get dials(): number {
    return this.effects.filter(({ type }) => type === "dial").length;
  }

  /** Makes it known to the server. */
  register(now = 0): void {
    this.registration.follow(now, true);
    this.streams.handleOpened(now, this.stream);
  }

  reply(now: number, bytes: Uint8Array): void {
    this.streams.handleBytes(now, this.stream, bytes);
  }
}

Deno.test("Registration: an end asks the server for a place, with both addresses", () => {
  const desk = new Desk();
  desk.registration.follow(0, false);
  assertEquals(desk.effects, []);
  desk.register();
  assertEquals(desk.said, [`{"msg":"CONNECT","head":"${HEAD}","tail":"${TAIL}"}`]);
  assert(desk.registration.isRegistered);
  assertEquals(desk.registered, 1);
});

Deno.test("Registration: told of the one before, it stays; told of the one behind, it goes", () => {
  const desk = new Desk();
  desk.register();
  desk.reply(1, encodePlace({ part: "tail", ip: OTHER }));
  assert(desk.registration.isRegistered);
  assertEquals(desk.ended, []);
  desk.reply(2, encodePlace({ part: "head", ip: OTHER }));
  assert(!desk.registration.isRegistered);
  assertEquals(desk.ended, [desk.stream]);
  assertEquals(desk.placed, [["tail", OTHER], ["head", OTHER]]);
});

Deno.test("Registration: an end that nobody came to after all asks again, not at once", () => {
  const desk = new Desk();
  desk.register();
  desk.reply(1, encodePlace({ part: "head", ip: OTHER }));
  desk.registration.follow(1, true);
  assertEquals(desk.dials, 1);
  const at = desk.registration.nextWakeup();
  assertGreater(at, 200);
  desk.registration.follow(at ?? 0, true);
  assertEquals(desk.dials, 2);
});

Deno.test("Registration: who is no end any more gives up its place", () => {
  const desk = new Desk();
  desk.register();
  desk.registration.follow(5, false);
  assertEquals(desk.ended, [desk.stream]);
  assertEquals(desk.registration.nextWakeup(), undefined);
});

Deno.test("Registration: a server that hangs up is asked again, less and less often", () => {
  const desk = new Desk();
  desk.registration.follow(0, true);
  const waits: number[] = [];
  for (let now = 0; waits.length < 8;) {
    desk.streams.handleClosed(now, desk.stream);
    const next = desk.registration.nextWakeup() ?? 0;
    waits.push(next - now);
    desk.registration.follow(now = next, true);
  }
  for (const [at, wait] of waits.entries()) {
    const least = Math.min(5_000, 250 * 2 ** at);
    assert(wait >= least && wait <= 1.5 * least, `${wait}`);
  }
  const told = desk.effects.flatMap((each) => each.type === "tell" ? [each.notice.type] : []);
  assertEquals(told, ["server-lost"]);
});

Deno.test("Registration: an error is told, and tried again later", () => {
  for (const reply of [encodeError("no"), encodeUtf8("[]"), encodeUtf8('{"msg":"HELLO"}')]) {
    const desk = new Desk();
    desk.register();
    desk.reply(1, reply);
    assert(!desk.registration.isRegistered);
    assertEquals(desk.ended, [desk.stream]);
    assert(
      desk.effects.some((each) => each.type === "tell" && each.notice.type === "server-error"),
    );
    assertGreater(desk.registration.nextWakeup(), 200);
  }
});

Deno.test("Registration: is made afresh when an address changes, and now and then", () => {
  const desk = new Desk();
  desk.register();
  desk.head = OTHER;
  desk.registration.follow(10, true);
  assertEquals(desk.dials, 2);
  desk.streams.handleOpened(10, desk.stream);
  assertEquals(desk.said.at(-1), `{"msg":"CONNECT","head":"${OTHER}","tail":"${TAIL}"}`);
  desk.registration.follow(60_000, true);
  assertEquals(desk.dials, 2);
  desk.registration.follow(desk.registration.nextWakeup() ?? 0, true);
  assertEquals(desk.dials, 3);
});
