/** How a network follows nodes that change their keys. */

import { assert, assertEquals } from "@std/assert";
import { successionOf } from "../identity/signers.ts";
import { idOf, sayingOf, signedBy, Web } from "./web.ts";

/** A chain of four; the last one has the key 3. */
function chain(): Web {
  const web = new Web(4);
  for (let i = 1; i < 4; i++) web.connect(i - 1, i);
  web.run(5_000);
  return web;
}

/** The last member takes the key 13, which its old one signed, without a word before. */
function rotated(web: Web): void {
  web.restart(3, { key: 13, successions: [successionOf(3, 13)] });
  web.connect(3, 2);
}

Deno.test("Topology: a node with a new key takes the place of what it was, for everybody", () => {
  const web = chain();
  rotated(web);
  web.run(2_000);
  assert(web.agrees());
  for (const number of [0, 1, 2]) {
    assertEquals(web.member(number).topology.get(idOf(3)), undefined);
    assertEquals(web.standings(number).filter((words) => words.startsWith("3")), ["3 alive"]);
  }
  assertEquals(web.member(3).topology.nodes().length, 3);
});

Deno.test("Topology: a key that was given up is not believed any more, whatever it says", () => {
  const web = chain();
  rotated(web);
  web.run(2_000);
  const before = web.sent.advertisements;
  web.hear(0, 1, signedBy(3, sayingOf(web, 3, { label: "the thief" })));
  web.run(2_000);
  assertEquals(web.member(0).topology.get(idOf(3)), undefined);
  assertEquals(web.sent.advertisements, before);
});

Deno.test("Topology: who was away while the key changed follows when it is back", () => {
  const web = chain();
  web.disconnect(0, 1);
  web.run(1_000);
  rotated(web);
  web.run(60_000);
  assertEquals(web.standings(0).at(-1), "3 failed");
  web.connect(0, 1);
  web.run(2_000);
  assert(web.agrees());
  assertEquals(web.standings(0), ["1 alive", "2 alive", "3 alive"]);
});

Deno.test("Topology: several changes of key while somebody is away are followed at once", () => {
  const web = chain();
  web.disconnect(0, 1);
  rotated(web);
  web.run(5_000);
  const successions = [successionOf(3, 13), successionOf(13, 23)];
  web.restart(3, { key: 23, successions });
  web.connect(3, 2);
  web.run(5_000);
  web.connect(0, 1);
  web.run(2_000);
  for (const number of [0, 1, 2]) {
    assertEquals(web.standings(number).filter((words) => words.startsWith("3")), ["3 alive"]);
  }
});

Deno.test("Topology: a node that lost its key is another node, and the old one is lost", () => {
  const web = chain();
  web.restart(3, { key: 13 });
  web.connect(3, 2);
  web.run(2_000);
  assertEquals(web.standings(0), ["1 alive", "2 alive", "3 failed", "3 alive"]);
});

Deno.test("Topology: whose own key was given up elsewhere, by a copy of it, still knows itself", () => {
  const web = chain();
  const successor = sayingOf(web, 13, { label: "the copy", successions: [successionOf(0, 13)] });
  web.hear(0, 1, signedBy(13, successor));
  web.run(2_000);
  assertEquals(web.held(0, 0)?.label, "0");
  assertEquals(web.member(0).topology.links().length, 3);
});

Deno.test("Topology: a node that goes back to a key it had does not make itself vanish", () => {
  const web = chain();
  const successions = [successionOf(3, 13), successionOf(13, 3)];
  web.restart(3, { key: 3, successions });
  web.connect(3, 2);
  web.run(2_000);
  assert(web.agrees());
  assertEquals(web.standings(0), ["1 alive", "2 alive", "3 alive"]);
});
