import { assert, assertEquals, assertMatch } from "@std/assert";
import type { ConnectionErrorCode } from "../../src/base/ports.ts";
import {
  type CloseReason,
  describeClose,
  isBreach,
  isTurnedAway,
  needsPerson,
} from "../../src/session/close_reason.ts";
import { FAREWELLS, REFUSALS } from "../../src/wire/link.ts";

const CODES: Record<ConnectionErrorCode, true> = {
  "refused": true,
  "timed-out": true,
  "unreachable": true,
  "unresolved": true,
  "reset": true,
  "address-in-use": true,
  "not-permitted": true,
  "tls": true,
  "other": true,
};

/** One of every kind of reason, each with the same detail. */
function everyReason(detail: string): CloseReason[] {
  const codes = Object.keys(CODES) as ConnectionErrorCode[];
  return [
    ...(["us", "them"] as const).flatMap((by) => [
      ...REFUSALS.map((reason) => ({ type: "refused" as const, by, reason, detail })),
      ...FAREWELLS.map((reason) => ({ type: "farewell" as const, by, reason, detail })),
    ]),
    { type: "handshake-timeout" },
    { type: "connection" },
    ...codes.map((code) => ({ type: "connection" as const, error: { code, detail } })),
  ];
}

Deno.test("describeClose: has words of its own for every reason", () => {
  const reasons = everyReason("");
  const words = reasons.map(describeClose);
  assertEquals(new Set(words).size, reasons.length);
  for (const text of words) assertMatch(text, /^[a-z][^.]+$/);
});

Deno.test("describeClose: says which end did it", () => {
  const refused = { type: "refused", reason: "full", detail: "8 of 8 incoming links" } as const;
  assertEquals(
    describeClose({ ...refused, by: "us" }),
    "refused by this node: all places for links are taken (8 of 8 incoming links)",
  );
  assertEquals(
    describeClose({ ...refused, by: "them", detail: "" }),
    "refused by the peer: all places for links are taken",
  );
  assertEquals(
    describeClose({ type: "farewell", by: "them", reason: "left", detail: "" }),
    "closed by the peer: leaving the network",
  );
});

Deno.test("describeClose: repeats the system's words about a failed connection where they say more", () => {
  const told = (code: "refused" | "unreachable") =>
    describeClose({ type: "connection", error: { code, detail: "os error 101" } });
  assertEquals(told("refused"), "nobody listens there");
  assertEquals(told("unreachable"), "no way there (os error 101)");
});

Deno.test("describeClose: a peer's words cannot steer a terminal or begin a new line", () => {
  const hostile = "a\n\r\t\x1b[31m\x00\x7f\x9b\u200b\u202e\u2028\u2029z";
  for (const reason of everyReason(hostile)) {
    const text = describeClose(reason);
    assert(!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text), JSON.stringify(text));
  }
});

Deno.test("isBreach: only who broke the protocol in this node's eyes is banned for it", () => {
  const breaches = everyReason("why").filter(isBreach);
  assertEquals(breaches, [{ type: "farewell", by: "us", reason: "protocol", detail: "why" }]);
});

Deno.test("needsPerson: who is turned away for the key or as ended by hand, by either side", () => {
  const wanted = (["us", "them"] as const).flatMap((by) =>
    (["untrusted", "removed"] as const).map((reason) => `${by} ${reason}`)
  );
  const found = everyReason("why").filter(needsPerson).map((reason) =>
    reason.type === "refused" ? `${reason.by} ${reason.reason}` : reason.type
  );
  assertEquals(found, wanted);
});

Deno.test("isTurnedAway: whoever this node sent away, but for one of two links to the same node", () => {
  const words = everyReason("why").filter(isTurnedAway).map((reason) =>
    reason.type === "handshake-timeout" || reason.type === "connection"
      ? reason.type
      : `${reason.type} ${reason.by} ${reason.reason}`
  );
  assertEquals(words, [
    ...REFUSALS.filter((each) => each !== "duplicate").map((each) => `refused us ${each}`),
    ...FAREWELLS.filter((each) => each !== "duplicate").map((each) => `farewell us ${each}`),
    "handshake-timeout",
  ]);
});
