import { assert, assertEquals, assertLess } from "@std/assert";
import page from "../../src/web/map_page.json" with { type: "json" };
import { buildPage, hashOfSources } from "../../tools/bundle.ts";

const ADVICE = "Run deno task bundle and commit src/web/map_page.json";

Deno.test("map_page.json: is made from the sources as they are", async () => {
  assertEquals(page.sources, await hashOfSources(), ADVICE);
});

Deno.test({
  name: `map_page.json: the same Deno makes the very same bytes (this is ${Deno.version.deno})`,
  // The bundler is Deno's own, and another version may write the same in other words.
  ignore: page.deno !== Deno.version.deno,
  async fn() {
    assertEquals(page, await buildPage(), ADVICE);
  },
});

Deno.test("map_page.json: is small, and names nothing of the machine that made it", () => {
  assertLess(Object.values(page.files).join("").length, 100_000);
  const { pathname } = new URL("../../", import.meta.url);
  assert(pathname.length < 2 || !JSON.stringify(page).includes(pathname));
});

Deno.test("map_page.json: asks for nothing from anywhere else", () => {
  const addresses = Object.values(page.files).join("\n").match(/\b(?:https?|wss?):\/\/[^\s"'`)]+/g);
  // The names of XML's vocabularies look like addresses, and nobody goes there.
  const foreign = (addresses ?? []).filter((each) => !each.startsWith("http://www.w3.org/"));
  assertEquals(foreign, []);
});

Deno.test("main.ts: a node that nobody asks for its map does not load it", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--no-lock", "--import-map=.imports.json", "main.ts"],
    cwd: new URL("../../", import.meta.url),
  }).output();
  const { modules, roots }: Graph = JSON.parse(new TextDecoder().decode(stdout));
  const known = new Map(modules.map((module) => [module.specifier, module]));
  const reached = new Set(roots);
  for (const specifier of reached) {
    for (const { isDynamic, code } of known.get(specifier)?.dependencies ?? []) {
      if (isDynamic !== true && code?.specifier !== undefined) reached.add(code.specifier);
    }
  }
  const lazy = ["map_server.ts", "map_stream.ts", "map_page.json"];
  const loaded = [...reached].filter((each) => lazy.some((name) => each.endsWith(`/${name}`)));
  assertEquals(loaded, []);
  assert([...reached].some((each) => each.endsWith("/src/io/live_map.ts")));
});

interface Graph {
  roots: string[];
  modules: {
    specifier: string;
    dependencies?: { isDynamic?: boolean; code?: { specifier?: string } }[];
  }[];
}
