import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { parseAddress } from "../../src/base/address.ts";
import { encodeUtf8 } from "../../src/base/bytes.ts";
import { SeededRandom } from "../../src/base/random.ts";
import { type AddressNews, PublicAddress } from "../../src/chain/public_address.ts";

const ADDRESS = parseAddress("203.0.113.1:7001"), MOVED = parseAddress("[2001:db8::1]:7001");

/** A socket, the times at which it asked, and what came of it. */
class Socket {
  readonly asked: number[] = [];
  readonly news: AddressNews[] = [];
  readonly address: PublicAddress;
  now = 0;

  constructor() {
    this.address = new PublicAddress(new SeededRandom(1), () => this.asked.push(this.now));
  }

  runTo(end: number): void {
    for (let next = this.address.nextWakeup(); next <= end; next = this.address.nextWakeup()) {
      this.now = Math.max(this.now, next);
      this.news.push(this.address.handleTime(this.now));
    }
    this.now = end;
  }

  answer(text: string): AddressNews {
    return this.address.handleAnswer(this.now, encodeUtf8(text));
  }
}

Deno.test("PublicAddress: asks at once, and again less and less often until there is an answer", () => {
  const socket = new Socket();
  socket.runTo(16_000);
  assertEquals(socket.asked, [0, 250, 750, 1_750, 3_750, 7_750, 11_750, 15_750]);
  const silent = { type: "silent", attempts: 5 } as const;
  assertEquals(socket.news.filter((each) => each !== undefined), [silent]);
});

Deno.test("PublicAddress: tells an answer that is new, and one after a long silence", () => {
  const socket = new Socket();
  socket.runTo(0);
  assertEquals(socket.answer(ADDRESS), { type: "address", address: ADDRESS });
  assertEquals(socket.address.address, ADDRESS);
  socket.runTo(20_000);
  assertEquals(socket.answer(ADDRESS), undefined);
  socket.runTo(40_000);
  assertEquals(socket.answer(MOVED), { type: "address", address: MOVED });
  socket.runTo(90_000);
  assertEquals(socket.answer(MOVED), { type: "address", address: MOVED });
});

Deno.test("PublicAddress: asks every 20 s from then on, or a little sooner", () => {
  const socket = new Socket();
  socket.runTo(0);
  socket.answer(ADDRESS);
  socket.runTo(20_000);
  assertGreater(socket.asked[1] ?? 0, 17_999);
  assertLess(socket.asked[1] ?? 0, 20_001);
});

Deno.test("PublicAddress: takes no answer that nobody asked for, and none that is no address", () => {
  const socket = new Socket();
  assertEquals(socket.answer(ADDRESS), undefined);
  socket.runTo(0);
  for (const text of ["", "hello", "host.example:80", "1.2.3.4", "\u00ff".repeat(500)]) {
    assertEquals(socket.answer(text), undefined);
  }
  assertEquals(socket.address.address, undefined);
  socket.answer(ADDRESS);
  assertEquals(socket.answer(MOVED), undefined);
  assertEquals(socket.address.address, ADDRESS);
});
