import { assertEquals } from "@std/assert";
import { configJsonSchema } from "../../src/config/json_schema.ts";
import { KEYS } from "../../src/config/keys.ts";

type Node = { properties?: Record<string, Node>; [keyword: string]: unknown };

Deno.test("configJsonSchema: describes every key with its default", () => {
  for (const { name, initial, description } of KEYS.values()) {
    const node = at(name);
    assertEquals([node?.default, node?.description], [initial, description], name);
  }
});

Deno.test("configJsonSchema: asks for no key and allows none that is unknown", () => {
  for (const table of [undefined, "network", "network.controller.peers"]) {
    const node = table === undefined ? configJsonSchema() as Node : at(table);
    assertEquals([node?.type, node?.additionalProperties], ["object", false]);
    assertEquals([node?.required, node?.default], [undefined, undefined]);
  }
});

Deno.test("configJsonSchema: knows aliases as deprecated", () => {
  assertEquals(at("network.controller.target.path"), {
    type: "string",
    deprecated: true,
    description: "Same as network.controller.target.file.",
  });
});

Deno.test("configJsonSchema: is plain JSON", () => {
  const schema = configJsonSchema();
  assertEquals(JSON.parse(JSON.stringify(schema)), schema);
});

function at(key: string): Node | undefined {
  let node: Node | undefined = configJsonSchema() as Node;
  for (const part of key.split(".")) node = node?.properties?.[part];
  return node;
}
