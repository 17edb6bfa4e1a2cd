import { assertEquals, assertStringIncludes } from "@std/assert";
import { areaNet } from "../../../src/cli/area_net.ts";
import { HostError } from "../../../src/config/host.ts";
import { formatKnownPeers } from "../../../src/identity/known_peers.ts";
import { hostKnowing, KNOWN_FILE, knownPeer, refusalOf } from "../known_profile.ts";
import { nodeId } from "../node_id.ts";

const ALICE = knownPeer();
const ALBERT = knownPeer({ id: nodeId("albert"), label: "albert" });
const NUMBER = knownPeer({ id: nodeId("2e5"), label: "" });
const FORGET = ["-p", "bob", "known", "forget"];

Deno.test("known forget: the beginning of an id is enough, in either case, number or not", async () => {
  for (
    const [start, peer, name] of [
      ["alic", ALICE, "alice (aliceaaa)"],
      ["ALB", ALBERT, "albert (albertaa)"],
      [ALICE.id, ALICE, "alice (aliceaaa)"],
      ["2e5", NUMBER, "2e5aaaaa"],
    ] as const
  ) {
    const host = hostKnowing([ALICE, ALBERT, NUMBER]);
    assertEquals(await areaNet([...FORGET, start], host), 0, host.stderr);
    const rest = [ALICE, ALBERT, NUMBER].filter((each) => each !== peer);
    assertEquals(host.files.get(KNOWN_FILE), formatKnownPeers(rest));
    assertEquals(host.stdout, `Forgot ${name}, a running node does so at its next dump\n`);
  }
});

Deno.test("known forget: --json says who was forgotten", async () => {
  const host = hostKnowing([ALICE]);
  assertEquals(await areaNet([...FORGET, "a", "--json"], host), 0, host.stderr);
  assertEquals(host.stdout, `{"version":1,"forgotten":"${ALICE.id}"}\n`);
});

Deno.test("known forget: lists the candidates where several are meant", async () => {
  const reason = await refusalOf([...FORGET, "al"], hostKnowing([ALICE, ALBERT]));
  assertEquals(reason.trimEnd().split("\n"), [
    '"al" begins 2 known ids, give more of one:',
    `  ${ALICE.id}  alice (aliceaaa)`,
    `  ${ALBERT.id}  albert (albertaa)`,
  ]);
});

Deno.test("known forget: forgets nobody where nobody is meant", async () => {
  for (const start of ["bob", ""]) {
    const reason = await refusalOf([...FORGET, start], hostKnowing([ALICE]));
    assertStringIncludes(reason, `No id in ${KNOWN_FILE} begins with "${start}"`);
  }
});

Deno.test("known forget: a file that cannot be written is trouble, with the way out of it", async () => {
  for (
    const [error, message] of [
      [new HostError("other", "the disk is full"), "the disk is full\n"],
      [new HostError("not-permitted", "Deno requires write access"), "permissions.node"],
    ] as const
  ) {
    const host = hostKnowing([ALICE]);
    host.writeError = error;
    const reason = await refusalOf([...FORGET, "alice"], host, 1);
    assertStringIncludes(reason, `Could not write ${KNOWN_FILE}: ${error.detail}`);
    assertStringIncludes(reason, message);
  }
});
