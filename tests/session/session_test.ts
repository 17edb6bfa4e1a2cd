import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { type CloseReason, describeClose } from "../../src/session/close_reason.ts";
import { Session } from "../../src/session/session.ts";
import { encodeItem } from "../../src/wire/cbor.ts";
import { encodeFrame } from "../../src/wire/frame.ts";
import { MAX_FRAME_BYTES, MAX_HANDSHAKE_FRAME_BYTES } from "../../src/wire/limits.ts";
import { REFUSALS } from "../../src/wire/link.ts";
import { encodeTopologyMessage } from "../../src/wire/topology.ts";
import {
  closeOf,
  DIALLER,
  type End,
  frameOf,
  introduction,
  LISTENER,
  OPTIONS,
  SessionPair,
  toldOf,
} from "./session_pair.ts";

const SUMMARY = encodeTopologyMessage({ type: "summary", count: 1, hash: 2 });

/** A pair in each state that the dialler's or the listener's end can wait in. */
const STAGES: Record<string, () => { pair: SessionPair; end: End }> = {
  connecting: () => at(new SessionPair(), "dialler"),
  awaiting: () => at(new SessionPair(), "listener"),
  greeting: () => {
    const pair = new SessionPair();
    pair.hello();
    return at(pair, "dialler");
  },
  "judging a hello": () => {
    const pair = new SessionPair();
    pair.hello();
    return at(pair, "listener");
  },
  welcomed: () => {
    const pair = new SessionPair();
    pair.hello();
    pair.listener.session.accept(LISTENER);
    return at(pair, "listener");
  },
  "judging a welcome": () => {
    const pair = new SessionPair();
    pair.hello();
    pair.listener.session.accept(LISTENER);
    pair.run(1);
    return at(pair, "dialler");
  },
  up: () => at(SessionPair.up(), "dialler"),
};

function at(pair: SessionPair, which: "dialler" | "listener") {
  pair.collect();
  return { pair, end: pair[which] };
}

/** How an end closes when `bytes` come in, in words. */
function closeAfter({ pair, end }: { pair: SessionPair; end: End }, bytes: Uint8Array): string {
  end.session.handleBytes(pair.now, bytes);
  pair.collect();
  const reason = closeOf(end);
  return reason === undefined ? "open" : describeClose(reason);
}

Deno.test("Session: greets, welcomes, confirms and is up, step by step", () => {
  const pair = new SessionPair();
  const { dialler, listener } = pair;
  assertEquals([dialler.session.isUp, listener.session.isUp], [false, false]);
  pair.hello();
  assertEquals(listener.events, [{ type: "hello", introduction: DIALLER, wanted: true }]);
  assertEquals(listener.session.peer, DIALLER);
  assertEquals(dialler.session.peer, undefined);

  listener.session.accept(LISTENER);
  pair.run(1);
  assertEquals(dialler.events, [{ type: "welcome", introduction: LISTENER }]);
  assertEquals(dialler.session.peer, LISTENER);
  assertEquals([dialler.session.isUp, listener.session.isUp], [false, false]);

  dialler.session.confirm(pair.now);
  assertEquals([dialler.session.isUp, listener.session.isUp], [true, false]);
  pair.run(1);
  assertEquals([dialler.session.isUp, listener.session.isUp], [true, true]);
  assertEquals(toldOf(dialler), ["welcome", "up"]);
  assertEquals(toldOf(listener), ["hello", "up"]);
});

Deno.test("Session: passes on whether the dialler was told to keep the link", () => {
  const pair = new SessionPair();
  pair.dialler.session.handleOpened(DIALLER, false, LISTENER.id);
  pair.run(1);
  assertEquals(pair.listener.events, [{ type: "hello", introduction: DIALLER, wanted: false }]);
});

Deno.test("Session: each reason for a refusal reaches the other side, from either end", () => {
  for (const reason of REFUSALS) {
    const byListener = new SessionPair();
    byListener.hello();
    byListener.listener.session.refuse(reason, "a detail");
    byListener.run(1);
    const refused = { type: "refused", reason, detail: "a detail" } as const;
    assertEquals(closeOf(byListener.listener), { ...refused, by: "us" });
    assertEquals(closeOf(byListener.dialler), { ...refused, by: "them" });

    const { pair, end } = (STAGES["judging a welcome"] as () => ReturnType<typeof at>)();
    end.session.refuse(reason, "a detail");
    pair.run(1);
    assertEquals(closeOf(pair.dialler), { ...refused, by: "us" });
    assertEquals(closeOf(pair.listener), { ...refused, by: "them" });
  }
});

Deno.test("Session: a listener may refuse before it heard a word", () => {
  const pair = new SessionPair();
  pair.listener.session.refuse("busy");
  pair.hello();
  assertEquals(closeOf(pair.dialler), { type: "refused", by: "them", reason: "busy", detail: "" });
});

Deno.test("Session: either end may say bye, and both know who did", () => {
  for (const [speaker, hearer] of [["dialler", "listener"], ["listener", "dialler"]] as const) {
    const pair = SessionPair.up();
    pair[speaker].session.farewell("left");
    pair.run(1);
    const farewell = { type: "farewell", reason: "left", detail: "" } as const;
    assertEquals(closeOf(pair[speaker]), { ...farewell, by: "us" });
    assertEquals(closeOf(pair[hearer]), { ...farewell, by: "them" });
  }
});

Deno.test("Session: a hello of another version is refused with both versions named", () => {
  const stage = at(new SessionPair(), "listener");
  const words = closeAfter(stage, encodeFrame(encodeItem([1, "area-net", 77, "whatever"])));
  assertStringIncludes(words, "the versions differ");
  assertStringIncludes(words, "version 1");
  assertStringIncludes(words, "version 77");
  assertEquals(stage.end.sent.length, 1);
});

Deno.test("Session: a handshake that does not end is given up at its deadline, in every state", () => {
  for (const [name, open] of Object.entries(STAGES)) {
    if (name === "up") continue;
    const { pair, end } = open();
    assertEquals(end.session.nextWakeup(), OPTIONS.handshakeTimeoutMs, name);
    end.session.handleTime(OPTIONS.handshakeTimeoutMs - 0.001);
    pair.collect();
    assertEquals(closeOf(end), undefined, name);
    end.session.handleTime(OPTIONS.handshakeTimeoutMs);
    pair.collect();
    const words = describeClose(closeOf(end) as CloseReason);
    assertEquals(words.startsWith("no answer"), true, `${name}: ${words}`);
    // Where there is no connection yet, it is not the hello that was not answered.
    assertEquals(closeOf(end)?.type, name === "connecting" ? "connection" : "handshake-timeout");
    assertEquals(end.session.nextWakeup(), undefined, name);
  }
});

Deno.test("Session: before the link is up, a large frame closes it by its length alone", () => {
  for (const name of ["awaiting", "greeting", "welcomed"]) {
    const stage = (STAGES[name] as () => ReturnType<typeof at>)();
    const header = new Uint8Array(4);
    new DataView(header.buffer).setUint32(0, MAX_HANDSHAKE_FRAME_BYTES + 1);
    const words = closeAfter(stage, header);
    assertStringIncludes(words, `${MAX_HANDSHAKE_FRAME_BYTES + 1} bytes`, name);
    assertStringIncludes(words, `at most ${MAX_HANDSHAKE_FRAME_BYTES}`, name);
  }
});

Deno.test("Session: once up, frames may be larger, up to a limit", () => {
  const header = new Uint8Array(4);
  const view = new DataView(header.buffer);
  view.setUint32(0, MAX_FRAME_BYTES);
  assertEquals(closeAfter(at(SessionPair.up(), "dialler"), header), "open");
  view.setUint32(0, MAX_FRAME_BYTES + 1);
  const words = closeAfter(at(SessionPair.up(), "dialler"), header);
  assertStringIncludes(words, `at most ${MAX_FRAME_BYTES}`);
});

Deno.test("Session: a message in the wrong state closes the link and names both", () => {
  const messages: Record<string, { bytes: Uint8Array; fits: string[] }> = {
    hello: {
      bytes: frameOf({ type: "hello", introduction: DIALLER, wanted: true }),
      fits: ["awaiting"],
    },
    welcome: {
      bytes: frameOf({ type: "welcome", introduction: LISTENER }),
      fits: ["greeting"],
    },
    ready: { bytes: frameOf({ type: "ready" }), fits: ["welcomed"] },
    ping: { bytes: frameOf({ type: "ping", number: 1 }), fits: ["up"] },
    pong: { bytes: frameOf({ type: "pong", number: 1 }), fits: ["up"] },
    summary: { bytes: encodeFrame(SUMMARY), fits: ["up"] },
  };
  for (const [message, { bytes, fits }] of Object.entries(messages)) {
    for (const [state, open] of Object.entries(STAGES)) {
      if (state === "connecting") continue;
      const stage = open();
      const words = closeAfter(stage, bytes);
      if (fits.includes(state)) {
        assertEquals(words, "open", `${message} while ${state}`);
      } else {
        const [name] = state.split(" ") as [string];
        assertStringIncludes(words, `A ${message} came while the link was ${name}`);
        assertGreater(stage.end.sent.length, 0);
      }
    }
  }
});

Deno.test("Session: garbage closes the link as a broken protocol, in every state", () => {
  for (const [state, open] of Object.entries(STAGES)) {
    const stage = open();
    const words = closeAfter(stage, Uint8Array.of(0, 0, 0, 3, 0xff, 0xff, 0xff));
    assertStringIncludes(words, "closed by this node: the protocol was broken", state);
  }
});

Deno.test("Session: an introduction under another id than the proven one closes the link, at both ends", () => {
  const listener = Session.listen(0, OPTIONS, introduction(3).id);
  listener.handleBytes(1, frameOf({ type: "hello", introduction: DIALLER, wanted: true }));
  const dialler = Session.dial(0, OPTIONS);
  dialler.handleOpened(DIALLER, true, introduction(3).id);
  dialler.handleBytes(1, frameOf({ type: "welcome", introduction: LISTENER }));
  for (const session of [listener, dialler]) {
    const [closed, ...others] = session.takeEvents();
    assertEquals(others, []);
    assert(closed?.type === "closed");
    assertStringIncludes(describeClose(closed.reason), "not that of the key");
    assertEquals(session.peer, undefined);
  }
});

Deno.test("Session: messages cut anywhere on the way arrive all the same", () => {
  const bytes = frameOf({ type: "hello", introduction: DIALLER, wanted: true });
  for (let cut = 1; cut < bytes.length; cut++) {
    const session = Session.listen(0, OPTIONS, DIALLER.id);
    session.handleBytes(1, bytes.subarray(0, cut));
    assertEquals(session.takeEvents(), []);
    session.handleBytes(2, bytes.subarray(cut));
    assertEquals(session.takeEvents().length, 1);
  }
});

Deno.test("Session: closed is final", () => {
  for (const [name, open] of Object.entries(STAGES)) {
    const { pair, end } = open();
    end.session.handleClosed({ code: "reset", detail: "gone" });
    pair.collect();
    const sent = end.sent.length;
    const events = [...end.events];
    const { session } = end;
    session.handleOpened(DIALLER, true, LISTENER.id);
    session.handleBytes(pair.now, frameOf({ type: "bye", reason: "left", detail: "" }));
    session.handleBytes(pair.now, Uint8Array.of(255, 255, 255, 255));
    session.handleTime(1e9);
    session.accept(LISTENER);
    session.confirm(pair.now);
    session.refuse("busy");
    session.farewell("left");
    session.send(SUMMARY);
    session.handleClosed();
    pair.collect();
    assertEquals(end.sent.length, sent, name);
    assertEquals(end.events, events, name);
    assertEquals([session.isUp, session.isClosed], [false, true], name);
  }
});

Deno.test("Session: what is sent before the link is up is not sent at all", () => {
  const { pair, end } = (STAGES["greeting"] as () => ReturnType<typeof at>)();
  const sent = end.sent.length;
  end.session.send(SUMMARY);
  pair.collect();
  assertEquals(end.sent.length, sent);
});
