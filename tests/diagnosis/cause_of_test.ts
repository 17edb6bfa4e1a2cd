import { assert, assertEquals } from "@std/assert";
import type { ConnectionErrorCode } from "../../src/base/ports.ts";
import { causeOf, isDecision, reach } from "../../src/diagnosis/cause_of.ts";
import type { CauseCode } from "../../src/diagnosis/causes.ts";
import type { Ending } from "../../src/diagnosis/facts.ts";
import { decideHello } from "../../src/session/admission.ts";
import { FAREWELLS, REFUSALS } from "../../src/wire/link.ts";
import { introduction } from "../session/session_pair.ts";

const refused = (by: "us" | "them", reason: typeof REFUSALS[number], detail = "") =>
  ({ type: "refused", by, reason, detail }) as const;
const farewell = (by: "us" | "them", reason: typeof FAREWELLS[number]) =>
  ({ type: "farewell", by, reason, detail: "" }) as const;
const broke = (code: ConnectionErrorCode): Ending => ({
  type: "connection",
  error: { code, detail: "" },
});

Deno.test("causeOf: a refusal has one code for each side, and a duplicate is no trouble", () => {
  const table: Record<typeof REFUSALS[number], [CauseCode | undefined, CauseCode | undefined]> = {
    self: ["self", "self"],
    duplicate: [undefined, undefined],
    full: ["full", "full-there"],
    busy: ["busy", "busy-there"],
    banned: ["banned", "banned-there"],
    version: ["version-differs", "version-differs"],
    network: ["network-differs", "network-differs"],
    untrusted: ["denied", "untrusted-there"],
    removed: ["ended-by-hand", "ended-by-hand-there"],
  };
  for (const reason of REFUSALS) {
    for (const ended of ["attempt", "call"] as const) {
      const met = [causeOf(refused("us", reason), ended), causeOf(refused("them", reason), ended)];
      assertEquals(met, table[reason], reason);
    }
  }
});

Deno.test("causeOf: a farewell has one code for each side", () => {
  const table: Record<typeof FAREWELLS[number], [CauseCode | undefined, CauseCode | undefined]> = {
    left: [undefined, "left"],
    duplicate: [undefined, undefined],
    full: ["full", "full-there"],
    protocol: ["protocol-broken", "protocol-broken-by-us"],
    silent: ["heartbeat-lost", "heartbeat-lost"],
    removed: ["ended-by-hand", "ended-by-hand-there"],
    idle: [undefined, undefined],
  };
  for (const reason of FAREWELLS) {
    const met = [
      causeOf(farewell("us", reason), "link"),
      causeOf(farewell("them", reason), "link"),
    ];
    assertEquals(met, table[reason], reason);
  }
});

Deno.test("causeOf: the name of a network and its key are told apart by the words that nodes say", () => {
  const facts = {
    self: introduction(1).id,
    network: introduction(2).network,
    hello: introduction(2),
    hasNetworkKey: true,
    distrust: undefined,
    wanted: true,
    isBanned: false,
    isRemoved: false,
    replacesIncoming: false,
    incoming: 0,
    maxIncoming: 8,
    canMakeRoom: false,
  };
  for (
    const [different, code] of [
      [{ hasNetworkKey: false }, "network-key-differs"],
      [{ network: "another" }, "network-differs"],
    ] as const
  ) {
    const decision = decideHello({ ...facts, ...different });
    assert(decision.type === "refuse");
    for (const by of ["us", "them"] as const) {
      assertEquals(causeOf(refused(by, decision.reason, decision.detail), "call"), code);
    }
  }
});

Deno.test("causeOf: a dial fails in its own ways, and a connection that was there only breaks", () => {
  const table: Record<ConnectionErrorCode, CauseCode> = {
    "refused": "dial-refused",
    "timed-out": "dial-timed-out",
    "unreachable": "dial-unreachable",
    "unresolved": "name-unresolved",
    "not-permitted": "dial-not-permitted",
    "tls": "tls-failed",
    "reset": "connection-broke",
    "address-in-use": "dial-failed",
    "other": "dial-failed",
  };
  for (const [error, code] of Object.entries(table) as [ConnectionErrorCode, CauseCode][]) {
    assertEquals(causeOf(broke(error), "attempt"), code);
    assertEquals(causeOf(broke(error), "link"), "connection-broke");
  }
  assertEquals(causeOf({ type: "connection" }, "attempt"), "connection-broke");
});

Deno.test("reach: grows from a name that is unknown to a node that answers no", () => {
  const ladder: Ending[] = [
    broke("unresolved"),
    broke("refused"),
    broke("tls"),
    broke("reset"),
    { type: "handshake-timeout" },
    refused("them", "full"),
  ];
  const heights = ladder.map(reach);
  assertEquals(heights, [...new Set(heights)].sort((a, b) => a - b));
  assertEquals(reach({ type: "connection" }), reach(broke("reset")));
});

Deno.test("isDecision: silence and errors are nobody's will", () => {
  assertEquals(
    [
      refused("us", "full"),
      farewell("them", "removed"),
      farewell("us", "silent"),
      broke("refused"),
      { type: "handshake-timeout" } as const,
    ].map(isDecision),
    [true, true, false, false, false],
  );
});
