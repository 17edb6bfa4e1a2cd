import { assertEquals } from "@std/assert";
import { parseAddress } from "../../src/base/address.ts";
import type { NodeView } from "../../src/controller/snapshot.ts";
import { OtherDoors } from "../../src/io/browser_doors.ts";
import { idOf } from "../topology/ids.ts";

function view(number: number, state: NodeView["state"], ...addresses: string[]): NodeView {
  return {
    id: idOf(number),
    label: "",
    addresses: addresses.map(parseAddress),
    state,
  };
}

Deno.test("OtherDoors: are those of the nodes that are up, this one's not among them", () => {
  const nodes = [
    view(1, "own", "ws://[::1]:1"),
    view(2, "alive", "[::1]:2", "ws://[::1]:3", `webrtc://${"a".repeat(52)}`, "ws://[::1]:4"),
    view(3, "failed", "ws://[::1]:5"),
    view(4, "left", "ws://[::1]:6"),
    view(5, "alive", "ws://[::1]:7"),
  ];
  const doors = new OtherDoors(() => 0, () => nodes);
  const up = ["ws://[::1]:3", "ws://[::1]:4"].map(parseAddress);
  const last = parseAddress("ws://[::1]:7");
  assertEquals(doors.open(), [...up, last]);
  // A tab whose node is gone comes with a page from there.
  const gone = ["ws://[::1]:5", "ws://[::1]:6"].map(parseAddress);
  assertEquals(doors.ever(), [...up, ...gone, last]);
});

Deno.test("OtherDoors: the map is looked at once a second, however often they are asked for", () => {
  let now = 5_000;
  let nodes: NodeView[] = [];
  let looks = 0;
  const doors = new OtherDoors(() => now, () => (looks++, nodes));
  for (let i = 0; i < 100; i++) assertEquals(doors.open(), []);
  nodes = [view(1, "alive", "ws://[::1]:1")];
  now += 999;
  assertEquals([doors.open(), looks], [[], 1]);
  now += 1;
  assertEquals([doors.open(), looks], [["ws://[::1]:1"].map(parseAddress), 2]);
});
