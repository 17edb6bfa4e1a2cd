import { assertEquals } from "@std/assert";
import { areaNet } from "../../../src/cli/area_net.ts";
import { configJsonSchema } from "../../../src/config/json_schema.ts";
import { FakeHost } from "../fake_host.ts";

Deno.test("config schema: prints JSON and needs no configuration", async () => {
  const host = new FakeHost({});
  assertEquals(await areaNet(["config", "schema"], host), 0);
  assertEquals(JSON.parse(host.stdout), configJsonSchema());
});
