import { assertEquals, assertStringIncludes } from "@std/assert";
import { areaNet } from "../../../src/cli/area_net.ts";
import { FakeHost } from "../fake_host.ts";
import { nodeId } from "../node_id.ts";
import { SHIPPED_FILES } from "../shipped_files.ts";

const ROTATE = ["identity", "rotate"];

Deno.test("identity rotate: says both ids, and that a running node wants a restart", async () => {
  const host = new FakeHost(SHIPPED_FILES);
  assertEquals(await areaNet([...ROTATE, "-p", "bob"], host), 0, host.stderr);
  assertEquals(host.rotated, ["profiles/bob"]);
  const [old, young, advice = ""] = host.stdout.split("\n");
  assertEquals([old, young], [`old id  ${nodeId("a")}`, `new id  ${nodeId("b")}`]);
  assertStringIncludes(advice, "must be restarted");
});

Deno.test("identity rotate: --json says both ids", async () => {
  const host = new FakeHost(SHIPPED_FILES);
  assertEquals(await areaNet([...ROTATE, "-p", "bob", "--json"], host), 0, host.stderr);
  assertEquals(host.stdout, `{"version":1,"oldId":"${nodeId("a")}","newId":"${nodeId("b")}"}\n`);
});

Deno.test("identity rotate: changes neither a key of the user's own nor one that nobody keeps", async () => {
  for (
    const [args, message] of [
      [["-p", "bob", "--key", "own.pem"], "The key own.pem is one of your own"],
      [[], "choose a profile with -p"],
      [["-p", "bob", "-s", "network.controller.target.file="], "has a new key at every start"],
    ] as const
  ) {
    const host = new FakeHost(SHIPPED_FILES);
    assertEquals(await areaNet([...ROTATE, ...args], host), 2);
    assertStringIncludes(host.stderr, message);
    assertEquals([host.stdout, host.rotated], ["", []]);
  }
});
