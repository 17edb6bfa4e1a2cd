import { assertEquals } from "@std/assert";
import { BanList } from "../../src/dialer/ban_list.ts";
import { idOf } from "../topology/ids.ts";

const [A, B, C] = [idOf(1), idOf(2), idOf(3)];

Deno.test("BanList: keeps a node out until its time is over, and then forgets it", () => {
  const bans = new BanList(8);
  bans.ban(A, 1_000);
  assertEquals(bans.bannedUntil(A, 0), 1_000);
  assertEquals(bans.bannedUntil(A, 999), 1_000);
  assertEquals(bans.size, 1);
  assertEquals(bans.bannedUntil(A, 1_000), undefined);
  assertEquals(bans.size, 0);
  assertEquals(bans.bannedUntil(B, 0), undefined);
});

Deno.test("BanList: a second ban makes the first longer, never shorter", () => {
  const bans = new BanList(8);
  bans.ban(A, 1_000);
  bans.ban(A, 5_000);
  bans.ban(A, 2_000);
  assertEquals(bans.bannedUntil(A, 0), 5_000);
});

Deno.test("BanList: when it is full, the ban that would end first makes room", () => {
  const bans = new BanList(2);
  bans.ban(A, 3_000);
  bans.ban(B, 1_000);
  bans.ban(A, 4_000);
  assertEquals(bans.size, 2);
  bans.ban(C, 2_000);
  assertEquals([A, B, C].map((id) => bans.bannedUntil(id, 0)), [4_000, undefined, 2_000]);
});

Deno.test("BanList: with room for nobody, nobody is kept out", () => {
  const bans = new BanList(0);
  bans.ban(A, 1_000);
  assertEquals([bans.size, bans.bannedUntil(A, 0)], [0, undefined]);
});
