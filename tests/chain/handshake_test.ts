import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { type Address, parseAddress } from "../../src/base/address.ts";
import { type Card, decodeDatagram, encodeAlive } from "../../src/chain/datagram.ts";
import { type Bond, Handshake } from "../../src/chain/handshake.ts";
import type { MemberId } from "../../src/chain/side.ts";

const A = parseAddress("203.0.113.1:7001"), B = parseAddress("203.0.113.2:7002");
const TICKET = new Uint8Array(16).fill(0x77);

const secret = (fill: number) => new Uint8Array(16).fill(fill);

function card(fill: number): Card {
  return { id: `${fill}`.padStart(16, "0") as MemberId, rank: 0, secret: secret(fill), label: "x" };
}

/** One end, and what it has sent. */
class End {
  readonly sent: { to: Address; bytes: Uint8Array }[] = [];
  readonly handshake: Handshake;
  bond: Bond | undefined;

  constructor(fill: number, address: Address, ticket = TICKET) {
    this.handshake = new Handshake(0, {
      ticket,
      address,
      nonce: secret(fill),
      deadline: 5_000,
      card: () => card(fill),
      emit: (to, bytes) => this.sent.push({ to, bytes }),
    });
  }

  /** Sends all it has to the other end. */
  deliver(to: End, from: Address): void {
    for (const { bytes } of this.sent.splice(0)) {
      const datagram = decodeDatagram(bytes);
      assert(datagram !== undefined);
      to.bond ??= to.handshake.handle(0, from, datagram);
    }
  }
}

Deno.test("Handshake: two who were told of each other agree within three datagrams", () => {
  const [a, b] = [new End(1, B), new End(2, A)];
  a.deliver(b, A);
  assertEquals(b.bond, undefined);
  b.deliver(a, B);
  assertEquals(a.bond, {
    ticket: TICKET,
    ownToken: secret(1),
    theirToken: secret(2),
    neighbour: card(2),
    address: B,
  });
  a.handshake.handleTime(100);
  a.deliver(b, A);
  assertEquals(b.bond?.theirToken, secret(1));
});

Deno.test("Handshake: what bears our nonce proves as much as an echo, once their HELLO was there", () => {
  const [a, b] = [new End(1, B), new End(2, A)];
  const receipt = { next: 0, window: 0, above: 0 };
  const times = { sentUs: 1, echoUs: 0, heldUs: 0 };
  const alive = decodeDatagram(encodeAlive({ type: "alive", token: secret(2), receipt, ...times }));
  assert(alive !== undefined);
  assertEquals(b.handshake.handle(0, A, alive), undefined);
  a.deliver(b, A);
  assert(b.handshake.handle(0, A, alive) !== undefined);
});

Deno.test("Handshake: takes the address that they are heard from, which their NAT may have changed", () => {
  const [a, b] = [new End(1, B), new End(2, A)];
  const moved = parseAddress("203.0.113.1:61000");
  a.deliver(b, moved);
  assertEquals(b.sent.at(-1)?.to, moved);
});

Deno.test("Handshake: has no answer for another ticket, nor for itself", () => {
  const [stranger, b] = [new End(1, B, secret(0x66)), new End(2, A)];
  b.sent.length = 0;
  stranger.deliver(b, A);
  new End(2, B).deliver(b, A);
  assertEquals(b.sent, []);
  assertEquals([b.bond, b.handshake.isAnswered], [undefined, false]);
});

Deno.test("Handshake: an echo of a nonce that is not ours proves nothing", () => {
  const [a, old, b] = [new End(1, B), new End(3, B), new End(2, A)];
  // They heard somebody else under this ticket: an earlier attempt of ours.
  old.deliver(b, A);
  b.deliver(a, B);
  assertEquals(a.bond, undefined);
  assert(a.handshake.isAnswered);
});

Deno.test("Handshake: is repeated less and less often, several times a second", () => {
  const a = new End(1, B);
  for (let now = 0; now <= 5_000; now++) a.handshake.handleTime(now);
  assertGreater(a.sent.length, 10);
  assertLess(a.sent.length, 20);
});
