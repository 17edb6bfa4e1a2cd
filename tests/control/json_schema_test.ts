import { assert, assertEquals } from "@std/assert";
import published from "../../docs/control.schema.json" with { type: "json" };
import { controlSchema } from "../../src/control/json_schema.ts";
import { METHODS } from "../../src/control/methods.ts";

type Schema = ReturnType<typeof controlSchema>;

Deno.test("controlSchema: docs/control.schema.json holds it", () => {
  assertEquals<unknown>(
    published,
    JSON.parse(JSON.stringify(controlSchema())),
    "Write it anew: deno task -q area-net control schema > docs/control.schema.json",
  );
});

Deno.test("controlSchema: has the shapes of every method and the lines they travel in", () => {
  const { $defs = {} } = controlSchema();
  const names = Object.entries(METHODS).flatMap(([name, method]) => [
    `${name}.params`,
    `${name}.result`,
    ..."event" in method ? [`${name}.event`] : [],
  ]);
  const lines = ["hello", "request", "cancel", "event", "result", "error"];
  assertEquals(Object.keys($defs).sort(), [...names, ...lines].sort());
});

Deno.test("controlSchema: refers to nothing that is not there", () => {
  const schema = controlSchema();
  const refs = JSON.stringify(schema).matchAll(/"#\/\$defs\/([^"]+)"/g);
  const missing = [...refs].filter(([, name = ""]) => schema.$defs?.[name] === undefined);
  assertEquals(missing, []);
});

Deno.test("controlSchema: asks for what a request needs, and allows nothing that is unknown", () => {
  const send = definition("send.params");
  assertEquals([send.required, send.additionalProperties], [["peer"], false]);
  const status = definition("status.params");
  assertEquals([status.required, status.additionalProperties], [undefined, false]);
  assertEquals(definition("ping.params").required, ["peer"]);
});

Deno.test("controlSchema: what a node says may hold more, as later ones and --json do", () => {
  const results = Object.keys(METHODS).map((name) => JSON.stringify(definition(`${name}.result`)));
  assert(!results.some((result) => result.includes("additionalProperties")));
  assertEquals(definition("send.result").required, ["to", "outcome"]);
});

function definition(name: string): Schema {
  return controlSchema().$defs?.[name] ?? {};
}
