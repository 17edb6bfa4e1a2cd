import { assert, assertEquals, assertLess } from "@std/assert";
import { buildPage, hashOfSources, type PageFile, PAGES } from "../../tools/bundle.ts";

/** Characters that a browser may have to load: of a drawing, and of a whole node. */
const MOST_CHARACTERS = { map: 100_000, rooms: 600_000 };

for (const [name, page] of Object.entries(PAGES)) {
  const { target } = page;
  const advice = `Run deno task bundle and commit ${target}`;
  const text = Deno.readTextFileSync(new URL(`../../${target}`, import.meta.url));
  const kept: PageFile = JSON.parse(text);

  Deno.test(`${target}: is made from the sources as they are`, async () => {
    assertEquals(kept.sources, await hashOfSources(page), advice);
  });

  Deno.test({
    name: `${target}: the same Deno makes the very same bytes (this is ${Deno.version.deno})`,
    // The bundler is Deno's own, and another version may write the same in other words.
    ignore: kept.deno !== Deno.version.deno,
    async fn() {
      assertEquals(kept, await buildPage(page), advice);
    },
  });

  Deno.test(`${target}: is not large, and names nothing of the machine that made it`, () => {
    const { length } = Object.values(kept.files).join("");
    assertLess(length, MOST_CHARACTERS[name as keyof typeof PAGES]);
    const { pathname } = new URL("../../", import.meta.url);
    assert(pathname.length < 2 || !text.includes(pathname));
  });

  Deno.test(`${target}: asks for nothing from anywhere else`, () => {
    const found = Object.values(kept.files).join("\n")
      .match(/\b(?:https?|wss?):\/\/[^\s"'`)]+/g);
    // The names of vocabularies look like addresses, and nobody goes there; others await their host.
    const foreign = (found ?? []).filter((each) =>
      URL.canParse(each) && !each.includes("${") && !VOCABULARIES.test(each)
    );
    assertEquals(foreign, []);
  });

  Deno.test(`${target}: makes no functions of texts, which the page forbids`, () => {
    assertEquals(text.match(/new Function\([^)]*\)|\beval\(/g) ?? [], []);
  });
}

/** Of XML, and of JSON Schema. */
const VOCABULARIES = /^https?:\/\/(www\.w3\.org|json-schema\.org)\//;

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
