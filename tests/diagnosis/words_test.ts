import { assertEquals } from "@std/assert";
import { parseAddress } from "../../src/base/address.ts";
import { CAUSE_CODES, CAUSES } from "../../src/diagnosis/causes.ts";
import type { Failure } from "../../src/diagnosis/facts.ts";
import { detailOf, fill, shellAddress, timeText } from "../../src/diagnosis/words.ts";

const OWN = { program: "area-net -p bob", self: "bobs-id" };

function failure(reason: Failure["reason"]): Failure {
  return { reason, at: 0, address: parseAddress("[::1]:1"), met: undefined };
}

Deno.test("fill: what is filled in is not looked at for braces again", () => {
  assertEquals(
    fill("{detail}{self}", { ...OWN, detail: "{program}{nothing}" }),
    "{program}{nothing}bobs-id",
  );
});

Deno.test("fill: whatever is missing, no brace is left in any text of the table", () => {
  for (const code of CAUSE_CODES) {
    const { message, advice } = CAUSES[code];
    for (const text of [fill(message, OWN), fill(advice ?? "", OWN)]) {
      assertEquals(text.match(/[{}]|undefined/g), null, text);
    }
  }
});

Deno.test("detailOf: what the other side says is shown as its words", () => {
  const refusal = { type: "refused", reason: "untrusted", detail: "go away" } as const;
  assertEquals(detailOf(failure({ ...refusal, by: "us" })), " (go away)");
  assertEquals(detailOf(failure({ ...refusal, by: "them" })), ", it says: “go away”");
  assertEquals(detailOf(failure({ ...refusal, by: "them", detail: "" })), "");
  assertEquals(detailOf(failure({ type: "connection" })), " (it ended without a word)");
  assertEquals(detailOf(failure({ type: "handshake-timeout" })), "");
});

Deno.test("shellAddress: brackets are in quotes, for a shell takes them for a pattern", () => {
  assertEquals(shellAddress(parseAddress("[::1]:8105")), "'[::1]:8105'");
  assertEquals(shellAddress(parseAddress("host.example:8105")), "host.example:8105");
});

Deno.test("timeText: is by UTC, to the second", () => {
  assertEquals(timeText(Date.UTC(2026, 10, 21, 10, 0, 5, 999)), "2026-11-21 10:00:05 UTC");
});
