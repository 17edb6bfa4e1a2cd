import { assertEquals } from "@std/assert";
import { areaNet } from "../../../src/cli/area_net.ts";
import { controlSchema } from "../../../src/control/json_schema.ts";
import { FakeHost } from "../fake_host.ts";

Deno.test("control schema: prints the schema, with no node and no files", async () => {
  const host = new FakeHost({});
  assertEquals(await areaNet(["control", "schema"], host), 0);
  assertEquals(JSON.parse(host.stdout), JSON.parse(JSON.stringify(controlSchema())));
});
