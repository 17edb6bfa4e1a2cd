import { assertEquals } from "@std/assert";
import { parseAddress } from "../../src/base/address.ts";
import type { Notice } from "../../src/controller/notice.ts";
import { Refusals } from "../../src/controller/refusals.ts";

const REFUSED = {
  type: "refused" as const,
  address: parseAddress("[fd00::1]:50000"),
  reason: "its handshake was not over within 5 s",
};

Deno.test("Refusals: a few are told one by one, of a flood the rest is counted, and it begins anew", () => {
  const told: Notice[] = [];
  const refusals = new Refusals((notice) => void told.push(notice));
  for (let i = 0; i < 20; i++) refusals.add(REFUSED);
  refusals.sum();
  assertEquals(told, new Array(20).fill(REFUSED));

  for (let i = 0; i < 1_000; i++) refusals.add(REFUSED);
  refusals.sum();
  refusals.sum();
  assertEquals(told.slice(40), [{ type: "refused-more", count: 980 }]);

  refusals.add(REFUSED);
  assertEquals(told.at(-1), REFUSED);
});
