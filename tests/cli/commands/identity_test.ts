import { assertEquals, assertStringIncludes } from "@std/assert";
import { areaNet } from "../../../src/cli/area_net.ts";
import { HostError, type IdentityDescription } from "../../../src/config/host.ts";
import { FakeHost } from "../fake_host.ts";
import { nodeId } from "../node_id.ts";
import { SHIPPED_FILES } from "../shipped_files.ts";

const IDENTITY: IdentityDescription = {
  id: nodeId("c"),
  kind: "Ed25519",
  file: "profiles/bob/identity.key",
  successions: [
    { old: nodeId("a"), new: nodeId("b"), at: Date.UTC(2026, 10, 21, 10) },
    { old: nodeId("b"), new: nodeId("c"), at: Date.UTC(2026, 10, 22, 10) },
  ],
};

Deno.test("identity: shows id, key and earlier ids of the profile's node", async () => {
  const host = new FakeHost(SHIPPED_FILES);
  host.identity = IDENTITY;
  assertEquals(await areaNet(["-p", "bob", "identity"], host), 0, host.stderr);
  assertEquals(host.stdout.split("\n"), [
    `id        ${nodeId("c")}`,
    "short id  caaaaaaa",
    "key       Ed25519, profiles/bob/identity.key",
    `formerly  until 2026-11-21 10:00:00 UTC  ${nodeId("a")}`,
    `          until 2026-11-22 10:00:00 UTC  ${nodeId("b")}`,
    "",
  ]);
  assertEquals([host.described[0]?.folder, host.described[0]?.profile], ["profiles/bob", "bob"]);
});

Deno.test("identity: --json is one line of all there is", async () => {
  const host = new FakeHost(SHIPPED_FILES);
  host.identity = IDENTITY;
  assertEquals(await areaNet(["-p", "bob", "identity", "--json"], host), 0, host.stderr);
  assertEquals(host.stdout, `${JSON.stringify({ version: 1, ...IDENTITY })}\n`);
});

Deno.test("identity: a node that is another one at every start is refused, unless a key is named", async () => {
  for (const args of [[], ["-p", "bob", "-s", "network.controller.target.file="]]) {
    const host = new FakeHost(SHIPPED_FILES);
    assertEquals(await areaNet(["identity", ...args], host), 2);
    assertStringIncludes(host.stderr, "choose a profile with -p, or name a key with --key FILE");
    assertEquals(host.described, []);
  }
  const host = new FakeHost(SHIPPED_FILES);
  assertEquals(await areaNet(["identity", "--key", "own.pem"], host), 0, host.stderr);
  assertEquals(host.described[0]?.config.network.controller.identity.key, "own.pem");
});

Deno.test("identity: a key that cannot be used is trouble, in the words of who found it", async () => {
  const host = new FakeHost(SHIPPED_FILES);
  host.identity = new HostError("other", "The identity x holds no private key in PEM");
  assertEquals(await areaNet(["-p", "bob", "identity"], host), 1);
  assertEquals(host.stderr, "The identity x holds no private key in PEM\n");
});
