import { assertEquals, assertMatch } from "@std/assert";
import { parseAddress, webRtcAddress } from "../../src/base/address.ts";
import { peersJson } from "../../src/report/peers_json.ts";
import { peer, snapshot } from "./networks.ts";

Deno.test("peersJson: can be read as a target file again", () => {
  const text = peersJson(snapshot("bob", { peers: [peer("dave", 8100), peer("alice", 8090)] }));
  const targets: string[] = JSON.parse(text);
  assertEquals(targets.map(parseAddress), ["[::1]:8090", "[::1]:8100"].map(parseAddress));
});

Deno.test("peersJson: names an address once, whatever the number and order of peers there", () => {
  const [alice, carol, dave] = [peer("alice", 8090), peer("carol", 8085), peer("dave", 8090)];
  const text = peersJson(snapshot("bob", { peers: [alice, carol, dave] }));
  assertEquals(JSON.parse(text), ["[::1]:8085", "[::1]:8090"]);
  assertEquals(peersJson(snapshot("bob", { peers: [dave, carol, alice] })), text);
});

Deno.test("peersJson: browsers, which no node can dial, are no targets", () => {
  const browser = { ...peer("erin", 1), address: webRtcAddress("e".repeat(52)) };
  const text = peersJson(snapshot("bob", { peers: [browser, peer("alice", 8090)] }));
  assertEquals(JSON.parse(text), ["[::1]:8090"]);
});

Deno.test("peersJson: ends with a line end, as editors and diffs like it", () => {
  assertMatch(peersJson(snapshot("bob", { peers: [peer("alice", 8090)] })), /\]\n$/);
});
