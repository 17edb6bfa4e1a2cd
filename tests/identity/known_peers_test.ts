import { assertEquals } from "@std/assert";
import { KnownPeers } from "../../src/identity/known_peers.ts";
import { addressOf, known, met, NOW } from "./known.ts";
import { signerOf } from "./signers.ts";

const idOf = (number: number) => signerOf(number).id;

/** The numbers of the peers that are remembered, in their order. */
function labels(peers: KnownPeers): string[] {
  return peers.all().map(({ label }) => label);
}

Deno.test("KnownPeers: who was met is known, with what it said last and when it was seen first and last", () => {
  const peers = new KnownPeers(10);
  assertEquals(peers.get(idOf(1)), undefined);
  peers.meet(met(1), NOW);
  assertEquals(peers.get(idOf(1)), known(1));
  peers.meet(met(1, { label: "renamed", address: addressOf(9) }), NOW + 5_000);
  assertEquals(peers.all(), [
    known(1, {
      label: "renamed",
      addresses: [addressOf(9), addressOf(1)],
      lastSeen: NOW + 5_000,
    }),
  ]);
});

Deno.test("KnownPeers: lists those seen last first, those seen together by their ids", () => {
  const peers = new KnownPeers(10);
  for (const [number, at] of [[4, 2], [3, 1], [1, 2], [2, 3]] as const) {
    peers.meet(met(number), NOW + at);
  }
  assertEquals(labels(peers), ["node2", "node1", "node4", "node3"]);
});

Deno.test("KnownPeers: remembers eight addresses of a peer, those met last", () => {
  const peers = new KnownPeers(10);
  for (const number of [1, 2, 3, 1, 4, 5, 6, 7, 8, 9]) {
    peers.meet(met(1, { address: addressOf(number) }), NOW);
  }
  assertEquals(peers.get(idOf(1))?.addresses, [9, 8, 7, 6, 5, 4, 1, 3].map(addressOf));
});

Deno.test("KnownPeers: a new key takes over what is known of all the ids before it", () => {
  const peers = new KnownPeers(10, [
    known(1, { firstSeen: NOW - 3_000, lastSeen: NOW - 2_000 }),
    known(2, { firstSeen: NOW - 1_000 }),
  ]);
  const formerly = [idOf(1), idOf(2)];
  peers.meet(met(3, { formerly }), NOW + 1);
  assertEquals(peers.all(), [
    known(3, {
      addresses: [addressOf(3), addressOf(1), addressOf(2)],
      firstSeen: NOW - 3_000,
      lastSeen: NOW + 1,
      formerly,
    }),
  ]);
});

Deno.test("KnownPeers: a new key takes over the pins of the old one, and only these addresses", () => {
  const peers = new KnownPeers(10, [
    known(1, { pinned: true, addresses: [addressOf(10), addressOf(11)] }),
  ]);
  peers.meet(met(2, { formerly: [idOf(1)] }), NOW);
  assertEquals(peers.get(idOf(1)), undefined);
  assertEquals(peers.pinnedAt(addressOf(10))?.id, idOf(2));
  assertEquals(peers.pinnedAt(addressOf(11))?.id, idOf(2));
  assertEquals(peers.pinnedAt(addressOf(2)), undefined);
});

Deno.test("KnownPeers: nobody takes over what it does not prove to have been", () => {
  const peers = new KnownPeers(10, [known(1, { pinned: true })]);
  peers.meet(met(2, { address: addressOf(1) }), NOW);
  assertEquals(peers.pinnedAt(addressOf(1))?.id, idOf(1));
  assertEquals(peers.get(idOf(2))?.pinned, false);
});

Deno.test("KnownPeers: a pinned peer stays at its pins, wherever it says that it listens", () => {
  const peers = new KnownPeers(10, [known(1, { pinned: true })]);
  peers.meet(met(1, { address: addressOf(2), label: "new name" }), NOW + 1);
  assertEquals(
    peers.get(idOf(1)),
    known(1, { label: "new name", pinned: true, lastSeen: NOW + 1 }),
  );
  assertEquals(peers.pinnedAt(addressOf(2)), undefined);
});

Deno.test("KnownPeers: pinning forgets where a peer said it was, and adds to its pins", () => {
  const peers = new KnownPeers(10);
  peers.meet(met(1, { address: addressOf(66) }), NOW);
  peers.pin(idOf(1), addressOf(1));
  assertEquals(peers.get(idOf(1))?.addresses, [addressOf(1)]);
  peers.pin(idOf(1), addressOf(2));
  peers.pin(idOf(1), addressOf(1));
  assertEquals(peers.get(idOf(1))?.addresses, [addressOf(1), addressOf(2)]);
  peers.pin(idOf(9), addressOf(9));
  assertEquals(peers.pinnedAt(addressOf(9)), undefined);
});

Deno.test("KnownPeers: holds so many at the most, the pinned longest, then those seen last", () => {
  const peers = new KnownPeers(3);
  for (const number of [1, 2, 3]) peers.meet(met(number), NOW + number);
  peers.pin(idOf(1), addressOf(1));
  peers.meet(met(4), NOW + 4);
  assertEquals(labels(peers), ["node4", "node3", "node1"]);
  peers.pin(idOf(3), addressOf(3));
  for (let number = 5; number < 50; number++) peers.meet(met(number), NOW + number);
  assertEquals(labels(peers), ["node49", "node3", "node1"]);
});

Deno.test("KnownPeers: what is edited takes the place of all, within the same bound", () => {
  const peers = new KnownPeers(2, [known(1), known(2)]);
  const edited = [known(3), known(4, { pinned: true }), known(5, { lastSeen: NOW + 1 })];
  peers.replace(edited);
  assertEquals(labels(peers), ["node5", "node4"]);
  assertEquals(peers.pinnedAt(addressOf(4))?.id, idOf(4));
  peers.replace([]);
  assertEquals(peers.all(), []);
});

Deno.test("KnownPeers: what it was given is not changed by what happens later", () => {
  const given = known(1);
  const peers = new KnownPeers(2, [given]);
  peers.pin(idOf(1), addressOf(9));
  peers.meet(met(1), NOW + 1);
  assertEquals(given, known(1));
});

Deno.test("KnownPeers: whoever is pinned when it is met stays, however many are pinned already", () => {
  const peers = new KnownPeers(2);
  for (const number of [1, 2, 3]) peers.meet(met(number), NOW + number, addressOf(number));
  assertEquals(peers.all().map(({ id, pinned }) => ({ id, pinned })), [
    { id: idOf(3), pinned: true },
    { id: idOf(2), pinned: true },
  ]);
  assertEquals(peers.pinnedAt(addressOf(3))?.id, idOf(3));
  peers.meet(met(4), NOW + 4);
  assertEquals(peers.get(idOf(4)), undefined, "a stranger drives no pin out");
});

Deno.test("KnownPeers: a peer that is there all the time is noted as seen every ten minutes", () => {
  const peers = new KnownPeers(2);
  peers.meet(met(1), NOW);
  peers.see(idOf(1), NOW + 599_999);
  assertEquals(peers.get(idOf(1))?.lastSeen, NOW);
  peers.see(idOf(1), NOW + 600_000);
  assertEquals(peers.get(idOf(1))?.lastSeen, NOW + 600_000);
  peers.see(idOf(2), NOW);
  assertEquals(peers.get(idOf(2)), undefined);
});

Deno.test("KnownPeers: who is trusted at an address is the only one accepted there, met or not", () => {
  const peers = new KnownPeers(10, [known(1)]);
  assertEquals(peers.trust(idOf(1), addressOf(7)), []);
  assertEquals(peers.pinnedAt(addressOf(7))?.id, idOf(1));
  assertEquals(peers.trust(idOf(2), addressOf(8)), []);
  assertEquals(peers.pinnedAt(addressOf(8)), {
    ...known(2, { label: "", addresses: [addressOf(8)] }),
    firstSeen: 0,
    lastSeen: 0,
    pinned: true,
  });
});

Deno.test("KnownPeers: who was trusted at an address before is pinned there no more, and is told of", () => {
  const peers = new KnownPeers(10, [
    known(1, { pinned: true, addresses: [addressOf(7), addressOf(1)] }),
    known(3, { pinned: false, addresses: [addressOf(7)] }),
    known(4, { pinned: true }),
  ]);
  assertEquals(peers.trust(idOf(2), addressOf(7)).map(({ id }) => id), [idOf(1)]);
  assertEquals(peers.pinnedAt(addressOf(7))?.id, idOf(2));
  assertEquals(peers.get(idOf(1))?.pinned, false);
  assertEquals(peers.get(idOf(4))?.pinned, true);
  assertEquals(peers.trust(idOf(2), addressOf(7)), []);
});

Deno.test("KnownPeers: to trust somebody makes no more of them than may be remembered", () => {
  const peers = new KnownPeers(2, [known(1), known(3)]);
  peers.trust(idOf(2), addressOf(7));
  assertEquals(peers.all().length, 2);
  assertEquals(peers.pinnedAt(addressOf(7))?.id, idOf(2));
});
