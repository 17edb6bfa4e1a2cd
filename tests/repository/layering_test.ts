import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type ModuleGraph, violations } from "../../tools/layering.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("layering: nothing in src points up", async () => {
  const files = ["main.ts", "mod.ts"].filter(exists).concat(sources("src/"));
  const graph = await moduleGraph(files);
  const seen = new Set(graph.modules.map(({ specifier }) => specifier));
  assertEquals(files.filter((file) => !seen.has(new URL(file, ROOT).href)), []);
  assertEquals(violations(graph, ROOT.href), []);
});

const FORBIDDEN = [
  { from: "src/base/bytes.ts", to: "../wire/frame.ts", says: "base may import nothing" },
  { from: "src/session/session.ts", to: "../io/tls.ts", says: "session may import base, wire" },
  { from: "src/cli/area_net.ts", to: "../io/host.ts", says: "cli may import" },
  { from: "src/io/host.ts", to: "../cli/area_net.ts", says: "io may import" },
  { from: "src/report/d2.ts", to: "../controller/controller.ts", says: "controller/snapshot.ts" },
  { from: "src/cli/area_net.ts", to: "../sim/mod.ts", says: "await import()" },
  { from: "mod.ts", to: "./src/cli/area_net.ts", says: "mod.ts may import" },
  { from: "src/attic/old.ts", to: "../base/bytes.ts", says: "in no known part" },
  { from: "src/wire/frame.ts", to: "../../tests/io/until.ts", says: "wire may import base" },
  { from: "src/wire/frame.ts", to: "node:buffer", says: "only io may" },
  { from: "src/wire/frame.ts", to: "zod", says: "only config, control, web/node/no_eval.ts may" },
  { from: "src/io/tls.ts", to: "@noble/hashes/sha2.js", says: "only web/node/ may" },
  { from: "src/web/map/search.ts", to: "@noble/hashes/sha2.js", says: "only web/node/ may" },
  { from: "src/web/map/search.ts", to: "../../io/tls.ts", says: "web may import" },
  { from: "src/io/tls.ts", to: "@std/log", says: "only io/log.ts may" },
  { from: "src/io/tls.ts", to: "left-pad", says: "which nothing may" },
  { from: "src/io/tls.ts", to: "../../../elsewhere.ts", says: "outside of the repository" },
];

for (const { from, to, says } of FORBIDDEN) {
  Deno.test(`layering: ${from} must not import ${to}`, () => {
    const [found, ...more] = violations(graphOf(from, to), "file:///area-net/");
    assertEquals(more, []);
    assert(found !== undefined, "Expected the import to be found");
    assertStringIncludes(found, from);
    assertStringIncludes(found, says);
  });
}

const ALLOWED = [
  { from: "src/report/d2.ts", to: "../controller/snapshot.ts" },
  { from: "src/cli/commands/simulate.ts", to: "../../sim/mod.ts", isDynamic: true },
  { from: "src/io/host.ts", to: "../cli/host.ts" },
  { from: "src/io/log.ts", to: "@std/log" },
  { from: "src/io/tls.ts", to: "node:net" },
  { from: "src/web/node/crypto.ts", to: "@noble/hashes/sha2.js" },
  { from: "main.ts", to: "./src/io/host.ts" },
  { from: "tests/wire/frame_test.ts", to: "../../src/io/tls.ts" },
];

for (const { from, to, isDynamic } of ALLOWED) {
  Deno.test(`layering: ${from} may import ${to}`, () => {
    assertEquals(violations(graphOf(from, to, isDynamic), "file:///area-net/"), []);
  });
}

Deno.test("layering: an import of a type alone counts", () => {
  const type = { specifier: "file:///area-net/src/io/tls.ts" };
  const modules = [{
    specifier: "file:///area-net/src/wire/frame.ts",
    dependencies: [{ specifier: "../io/tls.ts", type }],
  }];
  assertEquals(violations({ modules }, "file:///area-net/").length, 1);
});

function graphOf(from: string, to: string, isDynamic = false): ModuleGraph {
  const specifier = `file:///area-net/${from}`;
  const code = to.startsWith(".") ? { specifier: new URL(to, specifier).href } : {};
  return { modules: [{ specifier, dependencies: [{ specifier: to, code, isDynamic }] }] };
}

/** The real graph of `files`, through one module in a temporary file that imports them all. */
async function moduleGraph(files: readonly string[]): Promise<ModuleGraph> {
  const entry = Deno.makeTempFileSync({ suffix: ".ts" });
  try {
    const imports = files.map((file) => `import ${JSON.stringify(new URL(file, ROOT).href)};\n`);
    Deno.writeTextFileSync(entry, imports.join(""));
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--no-lock", "--import-map=.imports.json", entry],
      cwd: ROOT,
    }).output();
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    Deno.removeSync(entry);
  }
}

function sources(folder: string): string[] {
  return Array.from(Deno.readDirSync(new URL(folder, ROOT))).flatMap(({ name, isDirectory }) =>
    isDirectory ? sources(`${folder}${name}/`) : name.endsWith(".ts") ? [folder + name] : []
  );
}

function exists(file: string): boolean {
  return Array.from(Deno.readDirSync(ROOT)).some(({ name }) => name === file);
}
