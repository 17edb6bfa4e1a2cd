import { assert, assertEquals } from "@std/assert";
import { concatBytes } from "../../src/base/bytes.ts";
import type { ConnectionError } from "../../src/base/ports.ts";
import { randomInt, type SeededRandom } from "../../src/base/random.ts";
import { Session, type SessionEvent } from "../../src/session/session.ts";
import { encodeFrame, FrameDecoder } from "../../src/wire/frame.ts";
import { MAX_FRAME_BYTES } from "../../src/wire/limits.ts";
import { FAREWELLS, REFUSALS } from "../../src/wire/link.ts";
import { decodeMessage } from "../../src/wire/message.ts";
import { encodeMessage, idOf, INTRODUCTION, MESSAGES } from "../wire/samples.ts";
import { fuzz, mutated, pick, randomBytes } from "./fuzz.ts";

const OPTIONS = { handshakeTimeoutMs: 5_000, heartbeatPeriodMs: 2_000, heartbeatTimeoutMs: 8_000 };
const OWN = { ...INTRODUCTION, id: idOf(7) };
const RESET: ConnectionError = { code: "reset", detail: "Connection reset" };

/** A session and the checks that hold whatever happens to it. */
class Watched {
  readonly session: Session;
  readonly #sent = new FrameDecoder(MAX_FRAME_BYTES);
  readonly events: SessionEvent[] = [];
  #wasClosed = false;

  constructor(session: Session) {
    this.session = session;
  }

  /** Takes what the session has to say; every frame of it must be one that others can read. */
  check(): void {
    const frames = this.session.takeFrames();
    const events = this.session.takeEvents();
    if (this.#wasClosed) assertEquals([frames, events], [[], []]);
    for (const frame of frames) this.#sent.push(frame);
    for (let item = this.#sent.next(); item !== undefined; item = this.#sent.next()) {
      decodeMessage(item);
    }
    this.events.push(...events);
    for (const event of events) if (event.type === "message") checkFrame(event);
    this.#wasClosed = this.session.isClosed;
    this.#checkState();
  }

  #checkState(): void {
    const types = this.events.map(({ type }) => type);
    const { isUp, isClosed, peer } = this.session;
    assert(!(isUp && isClosed));
    assert(!isUp || peer !== undefined);
    assertEquals(this.session.nextWakeup() === undefined, isClosed);
    assertEquals(types.filter((type) => type === "closed").length, isClosed ? 1 : 0);
    assertEquals(types.indexOf("closed"), isClosed ? types.length - 1 : -1);
    assert(types.filter((type) => type === "up").length <= 1);
    const upAt = types.indexOf("up");
    const early = types.slice(0, upAt < 0 ? types.length : upAt);
    assert(!early.includes("message") && !early.includes("rtt"));
  }
}

/** A relay passes on the frame of a message, so that must hold just this message. */
function checkFrame({ message, frame }: SessionEvent & { type: "message" }): void {
  const decoder = new FrameDecoder(MAX_FRAME_BYTES);
  decoder.push(frame);
  const item = decoder.next();
  assert(item !== undefined && decoder.next() === undefined);
  assertEquals(decodeMessage(item), message);
}

/** What a peer might send: whole messages mostly, so that the session gets somewhere. */
function someBytes(random: SeededRandom): Uint8Array {
  const frames = Array.from({ length: 1 + randomInt(random, 3) }, () => {
    const frame = encodeFrame(encodeMessage(pick(random, MESSAGES)));
    return random.next() < 0.1 ? mutated(random, frame) : frame;
  });
  if (random.next() < 0.05) frames.push(randomBytes(random, 40));
  const bytes = concatBytes(frames);
  return random.next() < 0.2 ? bytes.subarray(0, randomInt(random, bytes.length)) : bytes;
}

const typed = (type: string) => MESSAGES.filter((message) => message.type === type);

/** What the other side of an ordinary link would send next, so that links come up often. */
function nextOfHandshake(random: SeededRandom, dialled: boolean): Uint8Array {
  const type = dialled ? "welcome" : pick(random, ["hello", "ready"]);
  return encodeFrame(encodeMessage(pick(random, typed(type))));
}

fuzz(
  "Session: whatever comes, it never throws, closes once and says nothing after",
  4_000,
  (random) => {
    const dialled = random.next() < 0.5;
    let now = 0;
    const provenId = pick(random, [INTRODUCTION.id, INTRODUCTION.id, idOf(9)]);
    const session = dialled ? Session.dial(now, OPTIONS) : Session.listen(now, OPTIONS, provenId);
    const watched = new Watched(session);
    const steps: readonly (() => void)[] = [
      () => session.handleOpened(OWN, random.next() < 0.5, provenId),
      () => session.handleBytes(now, nextOfHandshake(random, dialled)),
      () => session.handleBytes(now, nextOfHandshake(random, dialled)),
      () => session.accept(OWN),
      () => session.confirm(now),
      () => session.handleBytes(now, someBytes(random)),
      () => session.handleTime(now += random.next() * pick(random, [10, 1_000, 10_000])),
      () => session.send(encodeMessage(pick(random, MESSAGES))),
      () => random.next() < 0.1 && session.refuse(pick(random, REFUSALS), "so"),
      () => random.next() < 0.1 && session.farewell(pick(random, FAREWELLS), "so"),
      () => random.next() < 0.1 && session.handleClosed(pick(random, [undefined, RESET])),
    ];
    if (dialled) session.handleOpened(OWN, true, provenId);
    for (let step = 0; step < 40; step++) {
      pick(random, steps)();
      watched.check();
    }
  },
);

fuzz(
  "Session: two of them with a broken wire between them both come to an end",
  1_000,
  (random) => {
    let now = 0;
    const dialler = new Watched(Session.dial(now, OPTIONS));
    const listener = new Watched(Session.listen(now, OPTIONS, OWN.id));
    dialler.session.handleOpened(OWN, true, INTRODUCTION.id);
    const carry = (from: Watched, to: Watched) => {
      for (const frame of from.session.takeFrames()) {
        to.session.handleBytes(now, random.next() < 0.05 ? mutated(random, frame) : frame);
      }
      from.check();
      answer(to, now);
    };
    for (let step = 0; step < 30; step++) {
      now += random.next() * 500;
      dialler.session.handleTime(now);
      listener.session.handleTime(now);
      carry(dialler, listener);
      carry(listener, dialler);
    }
    for (const end of [dialler, listener]) {
      end.session.handleClosed();
      end.check();
      assert(end.session.isClosed);
    }
  },
);

/** Lets the other side in. */
function answer({ session, events }: Watched, now: number): void {
  for (const event of session.takeEvents()) {
    events.push(event);
    if (event.type === "hello") session.accept(INTRODUCTION);
    if (event.type === "welcome") session.confirm(now);
  }
}
