import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { importMap } from "../../tools/imports.ts";

const STD = ["@std/assert", "@std/cli", "@std/log", "@std/streams", "@std/toml"];

const ROOT = new URL("../../", import.meta.url);

/** In two halves, or this file would be found guilty by the test below. */
const REGISTRY_HOSTS = [["jsr", "io"], ["npmjs", "org"], ["npmjs", "com"], ["deno", "land"]];

Deno.test("deno.json: the five @std packages come from JSR under their own names", () => {
  const imports: Record<string, string> = config.imports;
  assertEquals(Object.keys(imports).filter((name) => name.startsWith("@std/")), STD);
  for (const name of STD) assertStringIncludes(imports[name] ?? "", `jsr:${name}@^`);
});

Deno.test("importMap: on JSR's side it is deno.json's own", () => {
  const { imports, scopes } = config;
  assertEquals(importMap(config, "jsr"), { imports, scopes });
});

Deno.test("importMap: on npm's side only the five @std packages differ", () => {
  const { imports, scopes } = importMap(config, "npm");
  const replaced = STD.map((name) => [name, `./std_npm/${name.slice("@std/".length)}.ts`]);
  assertEquals(imports, { ...config.imports, ...Object.fromEntries(replaced) });
  assertEquals(scopes, { ...config.scopes });
});

Deno.test("importMap: every stand-in is there", () => {
  const files = Array.from(Deno.readDirSync(new URL("std_npm", ROOT)), ({ name }) => name);
  const wanted = STD.map((name) => `${name.slice("@std/".length)}.ts`);
  assertEquals(files.sort(), wanted);
});

Deno.test("imports: asks JSR once and takes the stand-ins where it does not answer", async () => {
  using clone = new Clone();
  await clone.imports({ JSR_URL: emptyFolder(clone) });
  assertEquals(clone.map(), importMap(config, "npm"));
  clone.serveJsr();
  await clone.imports({ JSR_URL: clone.url("jsr/") });
  assertEquals(clone.map(), importMap(config, "npm"), "An answered question is not asked again");
});

Deno.test("imports: takes the packages themselves where JSR answers", async () => {
  using clone = new Clone();
  clone.serveJsr();
  await clone.imports({ JSR_URL: clone.url("jsr/") });
  assertEquals(clone.map(), importMap(config, "jsr"));
});

Deno.test("imports: writes anew when deno.json has changed, and only then", async () => {
  using clone = new Clone();
  const env = { JSR_URL: emptyFolder(clone) };
  await clone.imports(env);
  const before = clone.writtenAt();
  await clone.imports(env);
  assertEquals(clone.writtenAt(), before);
  const imports = { ...config.imports, extra: "npm:extra@1.0.0" };
  clone.write("deno.json", JSON.stringify({ ...config, imports }));
  await clone.imports(env);
  assertEquals(clone.map(), importMap({ ...config, imports }, "npm"));
});

Deno.test("imports: AREA_NET_STD decides without asking", async () => {
  using clone = new Clone();
  for (const side of ["jsr", "npm"] as const) {
    await clone.imports({ AREA_NET_STD: side });
    assertEquals(clone.map(), importMap(config, side));
  }
});

Deno.test("imports: another value of AREA_NET_STD is refused in one line", async () => {
  using clone = new Clone();
  const { success, stderr } = await clone.run({ AREA_NET_STD: "yarn" });
  assert(!success, "Expected the task to fail");
  assertEquals(
    stderr,
    'Cannot write .imports.json: AREA_NET_STD is "yarn", wanted "jsr" or "npm", or leave it unset\n',
  );
});

Deno.test("repository: no file names the host of a registry", () => {
  const hosts = REGISTRY_HOSTS.map((halves) => halves.join("."));
  const guilty = files(ROOT).filter((file) => {
    const text = Deno.readTextFileSync(file);
    return hosts.some((host) => text.includes(host));
  });
  assertEquals(guilty.map(({ href }) => href.slice(ROOT.href.length)), []);
});

/** The files that the task needs, alone in a temporary folder with a cache of their own. */
class Clone {
  readonly #folder = Deno.makeTempDirSync();

  constructor() {
    // Deno wants the members of its workspace to be there.
    const members = config.workspace.map((folder) => `${folder}/deno.json`);
    for (const file of ["deno.json", "tools/imports.ts", ...members]) {
      this.write(file, Deno.readTextFileSync(new URL(file, ROOT)));
    }
  }

  url(path: string): string {
    return `file://${this.#folder}/${path}`;
  }

  write(path: string, text: string): void {
    const file = new URL(this.url(path));
    Deno.mkdirSync(new URL(".", file), { recursive: true });
    Deno.writeTextFileSync(file, text);
  }

  /** Lets the folder `jsr` stand in for JSR, with the one package that is asked for. */
  serveJsr(): void {
    this.write("jsr/@std/toml/meta.json", '{"versions":{"1.0.10":{}}}');
    this.write("jsr/@std/toml/1.0.10_meta.json", '{"manifest":{},"exports":{".":"./mod.ts"}}');
    this.write("jsr/@std/toml/1.0.10/mod.ts", "export {};");
  }

  /** Runs the task, which must succeed and say nothing. */
  async imports(env: Record<string, string>): Promise<void> {
    const { success, stderr } = await this.run(env);
    assertEquals({ success, stderr }, { success: true, stderr: "" });
  }

  async run(env: Record<string, string>): Promise<{ success: boolean; stderr: string }> {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-P=tools", "tools/imports.ts"],
      cwd: this.#folder,
      env: { AREA_NET_STD: "", DENO_DIR: `${this.#folder}/cache`, NO_COLOR: "1", ...env },
    }).output();
    return { success, stderr: new TextDecoder().decode(stderr) };
  }

  map(): unknown {
    return JSON.parse(Deno.readTextFileSync(`${this.#folder}/.imports.json`));
  }

  writtenAt(): number | undefined {
    return Deno.statSync(`${this.#folder}/.imports.json`).mtime?.getTime();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

function emptyFolder(clone: Clone): string {
  return clone.url("nothing/");
}

/** What belongs to the repository: no hidden folder but `.ci`, and nothing that a run writes. */
function files(folder: URL): URL[] {
  const written = [".git", ".imports.json", ".reports", "coverage", "node_modules", "profiles"];
  return Array.from(Deno.readDirSync(folder)).flatMap((entry) => {
    if (written.includes(entry.name)) return [];
    const url = new URL(entry.isDirectory ? `${entry.name}/` : entry.name, folder);
    return entry.isDirectory ? files(url) : entry.isFile ? [url] : [];
  });
}
