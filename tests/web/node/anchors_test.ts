import { assert, assertEquals } from "@std/assert";
import { type Address, webRtcAddress } from "../../../src/base/address.ts";
import { type NodeId, nodeIdFromBytes } from "../../../src/base/node_id.ts";
import { SeededRandom } from "../../../src/base/random.ts";
import { Anchors, anchorsOf, doorOf, isBrowser } from "../../../src/web/node/anchors.ts";
import { peer, snapshotOf, view } from "../snapshots.ts";

const ID = (number: number): NodeId => nodeIdFromBytes(new Uint8Array(32).fill(number));
const door = (port: number) => `ws://[::1]:${port}` as Address;
const node = (number: number, state: "alive" | "failed" | "left" = "alive") =>
  view(ID(number), state, [`[::1]:${number}` as Address, door(number)]);
const browser = (number: number) => view(ID(number), "alive", [webRtcAddress(ID(number))]);

const anchors = () => new Anchors(new SeededRandom(1), [door(1)]);

Deno.test("Anchors: with a link to a node nothing is wanted", () => {
  const all = anchors();
  const snapshot = snapshotOf([node(1), node(2), browser(3)], [peer(ID(2)), peer(ID(3))]);
  for (let look = 0; look < 5; look++) assertEquals(all.look(snapshot), undefined);
});

Deno.test("Anchors: linked with browsers alone another node is asked for, at the second look", () => {
  const all = anchors();
  const snapshot = snapshotOf([node(1), node(2), browser(3)], [peer(ID(3))]);
  assertEquals(all.look(snapshot), undefined);
  assertEquals(all.look(snapshot), door(2));
});

Deno.test("Anchors: every node is asked for once, lost ones too, and those that left are not", () => {
  const all = anchors();
  const snapshot = snapshotOf([node(1, "failed"), node(2, "failed"), node(3), node(4, "left")], []);
  const asked = Array.from({ length: 12 }, () => all.look(snapshot));
  assertEquals(asked.filter((each) => each !== undefined).sort(), [door(2), door(3)]);
});

Deno.test("Anchors: a link that was there meanwhile makes it wait anew", () => {
  const all = anchors();
  const lonely = snapshotOf([node(2)], []);
  assertEquals(all.look(lonely), undefined);
  assertEquals(all.look(snapshotOf([node(2)], [peer(ID(2))])), undefined);
  assertEquals(all.look(lonely), undefined);
  assertEquals(all.look(lonely), door(2));
});

Deno.test("Anchors: a node that browsers cannot dial is an anchor, and never asked for", () => {
  const closed = view(ID(5), "alive", ["[::1]:5" as Address]);
  const all = anchors();
  for (let look = 0; look < 4; look++) assertEquals(all.look(snapshotOf([closed], [])), undefined);
  assertEquals(anchorsOf(snapshotOf([closed], [peer(ID(5))])), [closed]);
  assertEquals([isBrowser(closed), doorOf(closed)], [false, undefined]);
  assert(isBrowser(browser(3)));
});
