import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Address } from "../../../src/base/address.ts";
import { areaNet } from "../../../src/cli/area_net.ts";
import { parseKnownPeers } from "../../../src/identity/known_peers.ts";
import type { FakeHost } from "../fake_host.ts";
import { hostKnowing, KNOWN_FILE, knownPeer, refusalOf } from "../known_profile.ts";
import { nodeId } from "../node_id.ts";

const ALICE = knownPeer();
const HEARSAY = ["[::1]:1", "[::1]:2"] as Address[];
const CAROL = knownPeer({ id: nodeId("carob"), addresses: HEARSAY, label: "carol", pinned: false });
const TRUST = ["-p", "bob", "known", "trust"];
const HINT = "A running node does so at its next dump\n";

Deno.test("known trust: pins a known peer there alone, and unpins whoever was", async () => {
  const host = hostKnowing([ALICE, CAROL]);
  assertEquals(await areaNet([...TRUST, "car", "[0::1]:8090"], host), 0, host.stderr);
  assertEquals(
    host.stdout,
    "Pinned carol (carobaaa) at [::1]:8090\nUnpinned alice (aliceaaa), who was pinned there\n" +
      HINT,
  );
  assertEquals(written(host), [
    { ...ALICE, pinned: false },
    { ...CAROL, addresses: ["[::1]:8090" as Address], pinned: true },
  ]);
});

Deno.test("known trust: a peer that is pinned elsewhere is pinned at both", async () => {
  const host = hostKnowing([ALICE]);
  assertEquals(await areaNet([...TRUST, "alice", "a.example:1"], host), 0, host.stderr);
  assertEquals(host.stdout, `Pinned alice (aliceaaa) at a.example:1\n${HINT}`);
  const addresses = ["a.example:1", "[::1]:8090"] as Address[];
  assertEquals(written(host), [{ ...ALICE, addresses }]);
});

Deno.test("known trust: a whole id is trusted unseen", async () => {
  const host = hostKnowing([ALICE]);
  const id = nodeId("dave");
  assertEquals(await areaNet([...TRUST, id, "[::1]:8090", "--json"], host), 0, host.stderr);
  assertEquals(JSON.parse(host.stdout), {
    version: 1,
    pinned: id,
    address: "[::1]:8090",
    unpinned: [ALICE.id],
  });
  assertEquals(written(host), [
    { ...ALICE, pinned: false },
    knownPeer({ id, label: "", firstSeen: 0, lastSeen: 0 }),
  ]);
});

Deno.test("known trust: refuses what is no id and what is no address", async () => {
  for (
    const [id, address, message] of [
      ["dave", "[::1]:1", 'No known id begins with "dave", and it is no whole id'],
      ["alice", "[::1]", '"[::1]" is not an address, wanted "[addr]:port" or "host:port"'],
    ] as const
  ) {
    const reason = await refusalOf([...TRUST, id, address], hostKnowing([ALICE]));
    assertStringIncludes(reason, message);
  }
});

function written(host: FakeHost) {
  return parseKnownPeers(host.files.get(KNOWN_FILE) as string)
    .sort((a, b) => a.id < b.id ? -1 : 1);
}
