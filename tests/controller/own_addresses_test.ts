import { assertEquals } from "@std/assert";
import { parseAddress } from "../../src/base/address.ts";
import { dialAddress, OwnAddresses } from "../../src/controller/own_addresses.ts";

const address = parseAddress;
const SEEN = address("[fd00::5]:50000");

Deno.test("OwnAddresses: before the node listens, it has none", () => {
  const own = new OwnAddresses();
  own.seenAt(SEEN);
  assertEquals([own.forPeer, own.forNetwork], [[], []]);
});

Deno.test("OwnAddresses: a node that listens at one address says that one, whatever others see", () => {
  const own = new OwnAddresses();
  own.listen(address("[fd00::1]:8083"));
  own.seenAt(SEEN);
  assertEquals(own.forPeer, [address("[fd00::1]:8083")]);
  assertEquals(own.forNetwork, [address("[fd00::1]:8083")]);
});

Deno.test("OwnAddresses: a node that listens everywhere learns its hosts from its peers", () => {
  for (const everywhere of [address("[::]:8083"), address("0.0.0.0:8083")]) {
    const own = new OwnAddresses();
    own.listen(everywhere);
    assertEquals([own.forPeer, own.forNetwork], [[everywhere], []]);
    own.seenAt(address("[fd00::5]:50000"));
    own.seenAt(address("192.0.2.1:50001"));
    own.seenAt(address("[fd00::5]:50002"));
    assertEquals(own.forNetwork, [address("192.0.2.1:8083"), address("[fd00::5]:8083")]);
  }
});

Deno.test("OwnAddresses: keeps the four hosts that were seen last, in a stable order", () => {
  const own = new OwnAddresses();
  own.listen(address("[::]:8083"));
  for (const host of [1, 2, 3, 4, 1, 5]) own.seenAt(address(`[fd00::${host}]:50000`));
  const hosts = [1, 3, 4, 5];
  assertEquals(own.forNetwork, hosts.map((host) => address(`[fd00::${host}]:8083`)));
  own.seenAt(address("[fd00::3]:50000"));
  assertEquals(own.forNetwork, hosts.map((host) => address(`[fd00::${host}]:8083`)));
});

Deno.test("OwnAddresses: a node that listens for browsers too says where, until it does not any more", () => {
  const own = new OwnAddresses();
  own.listen(address("[::]:8083"));
  own.listen(address("ws://[::]:8080"));
  own.seenAt(SEEN);
  assertEquals(own.bound, address("[::]:8083"));
  assertEquals(own.forPeer, [address("[::]:8083"), address("ws://[::]:8080")]);
  assertEquals(own.forNetwork, [address("[fd00::5]:8083"), address("ws://[fd00::5]:8080")]);
  own.stopListening(address("ws://[::]:8080"));
  assertEquals(own.forNetwork, [address("[fd00::5]:8083")]);
});

Deno.test("dialAddress: a peer is dialled where it says, where it is seen if it says nothing", () => {
  const said = address("[fd00::9]:8083");
  assertEquals(dialAddress([said, address("[fd00::8]:8083")], SEEN), said);
  assertEquals(dialAddress([], SEEN), SEEN);
});

Deno.test("dialAddress: for a wildcard, the host where it is seen with the port that it says", () => {
  assertEquals(dialAddress([address("[::]:8083")], SEEN), address("[fd00::5]:8083"));
  assertEquals(
    dialAddress([address("0.0.0.0:8083")], address("192.0.2.1:50000")),
    address("192.0.2.1:8083"),
  );
});
