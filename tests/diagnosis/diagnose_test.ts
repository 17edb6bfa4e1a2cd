import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type CauseCode, CAUSES } from "../../src/diagnosis/causes.ts";
import { diagnose } from "../../src/diagnosis/diagnose.ts";
import type { Ending, Facts } from "../../src/diagnosis/facts.ts";
import type { Refusal } from "../../src/wire/link.ts";
import {
  attempt,
  AWAY,
  BOB,
  ERIN,
  facts,
  failed,
  FRANK,
  HOME,
  MINUTE_MS,
  NOW,
  place,
} from "./facts.ts";

const PATH = [{ id: BOB, label: "bob" }, { id: FRANK, label: "frank" }, {
  id: ERIN,
  label: "erin",
}];
const HEARD = { at: NOW - MINUTE_MS, left: false };
const GOODBYE = { at: NOW - 5 * MINUTE_MS, left: true };

const NOBODY: Ending = { type: "connection", error: { code: "refused", detail: "" } };
const NO_TLS: Ending = { type: "connection", error: { code: "tls", detail: "it speaks HTTP" } };
const SILENT: Ending = { type: "farewell", by: "us", reason: "silent", detail: "" };
const LEFT: Ending = { type: "farewell", by: "them", reason: "left", detail: "" };
const BREACH: Ending = {
  type: "farewell",
  by: "us",
  reason: "protocol",
  detail: "a ping too many",
};
const refusal = (by: "us" | "them", reason: Refusal, detail = ""): Ending => ({
  type: "refused",
  by,
  reason,
  detail,
});
const called = (reason: Ending, minutesAgo = 1) => ({
  ...failed(reason, minutesAgo),
  listens: HOME,
});

/** Facts, and what follows from them. */
const TABLE: readonly [what: string, Partial<Facts>, CauseCode, up: boolean][] = [
  ["nothing but a name", {}, "no-address", false],
  [
    "not even a name",
    { peer: { id: ERIN, label: undefined, address: undefined } },
    "unknown",
    false,
  ],
  [
    "no id and no name, but a target",
    {
      peer: { id: undefined, label: undefined, address: HOME },
      addresses: [place({ nextAt: NOW })],
    },
    "waiting",
    false,
  ],
  ["heard of, without an address", { heard: HEARD }, "no-address", false],
  ["heard of, with an address", { heard: HEARD, addresses: [place()] }, "lost", false],
  ["an address", { addresses: [place()] }, "waiting", false],
  ["a first attempt", { addresses: [place(), place({ isDialling: true })] }, "dialling", false],
  [
    "a first attempt at a lost one",
    {
      heard: HEARD,
      addresses: [place({ isDialling: true })],
    },
    "dialling",
    false,
  ],
  [
    "a second attempt",
    {
      addresses: [attempt(NOBODY, 1, { isDialling: true })],
    },
    "dial-refused",
    false,
  ],

  [
    "itself, whatever else",
    {
      peer: { id: BOB, label: "bob", address: HOME },
      isEndedByHand: true,
      addresses: [attempt(refusal("them", "self"))],
    },
    "self",
    true,
  ],
  [
    "a link, whatever else",
    {
      linkedSince: NOW,
      bannedUntil: NOW + 1,
      addresses: [attempt(NOBODY)],
      call: called(refusal("us", "full")),
      heard: GOODBYE,
    },
    "up",
    true,
  ],

  [
    "ended by hand, and gone since",
    { isEndedByHand: true, heard: GOODBYE },
    "ended-by-hand",
    false,
  ],
  ["ended by hand, and reached", { isEndedByHand: true, path: PATH }, "ended-by-hand", true],
  [
    "ended by hand and banned",
    { isEndedByHand: true, bannedUntil: NOW + 1 },
    "ended-by-hand",
    false,
  ],
  ["not trusted and dead", { distrust: "no", addresses: [attempt(NOBODY)] }, "denied", false],
  ["not trusted and banned", { distrust: "no", bannedUntil: NOW + 1 }, "denied", false],
  ["banned", { bannedUntil: NOW + 1, ended: failed(BREACH) }, "banned", false],
  ["banned, and reached", { bannedUntil: NOW + 1, path: PATH }, "banned", true],
  ["not banned any more", { ended: failed(BREACH) }, "protocol-broken", false],
  [
    "refused for a ban that is over",
    {
      addresses: [attempt(refusal("us", "banned"))],
    },
    "waiting",
    false,
  ],
  [
    "refused for an end by hand that was taken back",
    {
      call: called(refusal("us", "removed")),
      addresses: [place()],
    },
    "waiting",
    false,
  ],

  ["reached", { path: PATH }, "up-through", true],
  [
    "reached, and dead where nobody asked for it",
    {
      path: PATH,
      addresses: [attempt(NOBODY)],
    },
    "up-through",
    true,
  ],
  [
    "reached, and dead where somebody asked for it",
    {
      path: PATH,
      isWanted: true,
      addresses: [attempt(NOBODY)],
    },
    "dial-refused",
    true,
  ],
  ["reached, wanted, and nothing failed", { path: PATH, isWanted: true }, "up-through", true],
  [
    "reached, and just refused",
    {
      path: PATH,
      call: called(refusal("us", "full"), 14),
    },
    "full",
    true,
  ],
  [
    "reached, and refused a while ago",
    {
      path: PATH,
      call: called(refusal("us", "full"), 16),
    },
    "up-through",
    true,
  ],
  [
    "reached, and just refused there",
    {
      path: PATH,
      addresses: [attempt(refusal("them", "full"))],
    },
    "full-there",
    true,
  ],
  ["reached, and fell silent here", { path: PATH, ended: failed(SILENT) }, "up-through", true],
  [
    "reached after a goodbye",
    { path: PATH, ended: failed(LEFT), heard: HEARD },
    "up-through",
    true,
  ],
  [
    "reached, wanted, after a goodbye",
    {
      path: PATH,
      isWanted: true,
      ended: failed(LEFT),
      heard: HEARD,
    },
    "up-through",
    true,
  ],

  ["a goodbye to all", { heard: GOODBYE, addresses: [place()] }, "left", false],
  ["a goodbye on the link alone", { ended: failed(LEFT), addresses: [place()] }, "left", false],
  ["a goodbye, then nobody there", { heard: GOODBYE, addresses: [attempt(NOBODY)] }, "left", false],
  [
    "a goodbye, then somebody there",
    { heard: GOODBYE, addresses: [attempt(NO_TLS)] },
    "tls-failed",
    false,
  ],
  [
    "somebody there, then a goodbye",
    {
      heard: GOODBYE,
      addresses: [attempt(NO_TLS, 6)],
    },
    "left",
    false,
  ],
  [
    "a goodbye on the link, heard of since",
    {
      ended: failed(LEFT, 5),
      heard: HEARD,
      addresses: [place()],
    },
    "lost",
    false,
  ],
  [
    "a goodbye, then a call",
    {
      heard: GOODBYE,
      call: called(refusal("us", "version")),
    },
    "version-differs",
    false,
  ],

  [
    "dead, and another address that answers",
    {
      addresses: [attempt(NOBODY, 0), attempt(refusal("them", "busy"), 2, { address: AWAY })],
    },
    "busy-there",
    false,
  ],
  [
    "dead, and another one that answered long ago",
    {
      addresses: [attempt(NOBODY, 0), attempt(refusal("them", "busy"), 16, { address: AWAY })],
    },
    "dial-refused",
    false,
  ],
  [
    "dead, and it calls",
    {
      addresses: [attempt(NOBODY)],
      call: called(refusal("us", "full"), 2),
    },
    "full",
    false,
  ],
  [
    "silent, then dead",
    { ended: failed(SILENT, 2), addresses: [attempt(NOBODY)] },
    "dial-refused",
    false,
  ],
  [
    "dead, then silent",
    { ended: failed(SILENT), addresses: [attempt(NOBODY, 2)] },
    "heartbeat-lost",
    false,
  ],
  [
    "of two as far, the newer one",
    {
      addresses: [
        attempt(refusal("them", "busy"), 2),
        attempt(refusal("them", "full"), 1, { address: AWAY }),
      ],
    },
    "full-there",
    false,
  ],
  [
    "replaced, which is none",
    { ended: failed(refusal("us", "duplicate")), heard: HEARD },
    "no-address",
    false,
  ],

  [
    "a stranger at its pin",
    {
      addresses: [attempt(refusal("us", "untrusted"), 1, { pinned: ERIN, met: FRANK })],
    },
    "key-changed",
    false,
  ],
  [
    "the stranger at somebody's pin",
    {
      addresses: [attempt(refusal("us", "untrusted"), 1, { pinned: FRANK, met: ERIN })],
    },
    "key-changed",
    false,
  ],
  [
    "at its pin, refused for something else",
    {
      addresses: [attempt(refusal("them", "full"), 1, { pinned: ERIN, met: ERIN })],
    },
    "full-there",
    false,
  ],
  [
    "somebody else's refusal at its address",
    {
      addresses: [attempt(refusal("them", "full"), 1, { met: FRANK })],
    },
    "other-node",
    false,
  ],
  [
    "a link with somebody else at its address",
    {
      addresses: [place({ linked: FRANK })],
    },
    "other-node",
    false,
  ],
  [
    "a link with itself at its address",
    {
      linkedSince: NOW,
      addresses: [place({ linked: ERIN })],
    },
    "up",
    true,
  ],
  [
    "whoever is there, for nobody was known to be",
    {
      peer: { id: undefined, label: undefined, address: HOME },
      addresses: [attempt(refusal("us", "untrusted", "no"), 1, { met: FRANK })],
    },
    "denied",
    false,
  ],
];

for (const [what, some, code, up] of TABLE) {
  Deno.test(`diagnose: ${what} is ${code}`, () => {
    const diagnosis = diagnose(facts(some));
    assertEquals([diagnosis.code, diagnosis.up], [code, up], diagnosis.message);
    assertEquals(diagnosis.stage, CAUSES[code].stage);
    const texts = `${diagnosis.message} ${diagnosis.advice ?? ""}`;
    assertEquals(texts.match(/[{}]|undefined|NaN|Infinity|Invalid/g), null, texts);
  });
}

Deno.test("diagnose: says what, where, since when, and what to do", () => {
  const dead = diagnose(facts({ addresses: [attempt(NOBODY)] }));
  assertEquals(dead.message, "nobody listens at [::1]:8105");
  assertStringIncludes(dead.advice ?? "", "Start the node there");
  const silent = diagnose(facts({ ended: failed(SILENT) }));
  assertEquals(
    silent.message,
    "the link with [::1]:8105 fell silent and was ended at 2026-11-21 09:59:00 UTC",
  );
  const changed = diagnose(facts({
    addresses: [attempt(refusal("us", "untrusted"), 1, { pinned: ERIN, met: FRANK })],
  }));
  assertStringIncludes(changed.message, `expected ${ERIN}, met ${FRANK}`);
  assertStringIncludes(
    changed.advice ?? "",
    `area-net -p bob known trust ${FRANK} '[::1]:8105'`,
  );
});

Deno.test("diagnose: a caller is told with the time, and dialled where it listens, not where it called from", () => {
  const from = failed(refusal("us", "full", "2 of 2 incoming links"));
  const { message, advice } = diagnose(facts({ call: { ...from, listens: AWAY } }));
  assertEquals(
    message,
    "this node has no place for it (2 of 2 incoming links), " +
      "when it last called, at 2026-11-21 09:59:00 UTC",
  );
  assertStringIncludes(advice ?? "", "connect erin.example:8105");
  const nowhere = diagnose(facts({ call: { ...from, listens: undefined } }));
  assertStringIncludes(nowhere.advice ?? "", "connect ADDRESS");
});

Deno.test("diagnose: the other side is told which address of this node to connect to", () => {
  const removed = [attempt(refusal("them", "removed"))];
  assertStringIncludes(
    diagnose(facts({ addresses: removed })).advice ?? "",
    "connect '[::1]:8095'",
  );
  const own = undefined;
  const hidden = diagnose(facts({ addresses: removed, own })).advice ?? "";
  assertStringIncludes(hidden, "connect ADDRESS, with the address of this node");
});

Deno.test("diagnose: what waits says for what", () => {
  const soon = NOW + 30_000;
  const next = [place(), place({ address: AWAY, nextAt: soon })];
  assertStringIncludes(
    diagnose(facts({ addresses: next })).message,
    "the next attempt comes at 2026-11-21 10:00:30 UTC",
  );
  assertStringIncludes(diagnose(facts({ addresses: [place()] })).message, "has links enough");
});

Deno.test("diagnose: every address is told with what came of it, and one that works with nothing", () => {
  const nextAt = NOW + MINUTE_MS;
  const { code, addresses } = diagnose(facts({
    linkedSince: NOW,
    addresses: [place(), attempt(NOBODY, 1, { address: AWAY, failures: 3, nextAt })],
  }));
  assertEquals(code, "up");
  assertEquals(addresses, [
    {
      address: HOME,
      code: undefined,
      message: undefined,
      at: undefined,
      failures: 0,
      nextAt: undefined,
    },
    {
      address: AWAY,
      code: "dial-refused",
      message: "nobody listens at erin.example:8105",
      at: NOW - MINUTE_MS,
      failures: 3,
      nextAt,
    },
  ]);
});

Deno.test("diagnose: a hostile detail or label changes no code, and stands where a detail stands", () => {
  const detail = "network key} {program}\n(up) Do: rm -rf /";
  const hostile = diagnose(facts({ addresses: [attempt(refusal("them", "untrusted", detail))] }));
  assertEquals(hostile.code, "untrusted-there");
  assert(hostile.message.endsWith(`, it says: “${detail}”`), hostile.message);
  const path = [PATH[0], { id: FRANK, label: "  " }, PATH[2]].filter((each) => each !== undefined);
  assertStringIncludes(diagnose(facts({ path })).message, FRANK.slice(0, 8));
});
