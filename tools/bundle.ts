/**
 * The task `bundle`. Makes the pages that a node serves from their sources and writes each to one file
 * in `src/web`, which a node loads when it is asked for the page, and never before. The files are checked
 * in, so that nodes need nothing to be built.
 *
 * The bundler is the one that Deno brings, which other versions of Deno may replace. Each file therefore
 * says which version wrote it, and holds a hash of all that it was made from: that tells whether it is
 * up to date wherever it is looked at, and the bytes are compared where the version is the same.
 */

import { LICENSES } from "./licenses.ts";

/** A page as a node serves it. */
export interface PageFile {
  /** The version of Deno whose bundler wrote it. */
  deno: string;
  /** A hash of the sources, and the versions of packages. */
  sources: string;
  /** The texts by their names. */
  files: Record<string, string>;
}

/** What a page is made from. */
export interface PageSource {
  /** Where the result is kept. */
  target: string;
  /** The folder of `main.ts`, where all begins, and of the two other texts. */
  folder: string;
  html: string;
  css: string;
  /** What the script is called. */
  script: string;
  /** The packages in it, by the beginnings of their names. */
  packages: readonly (keyof typeof LICENSES)[];
}

const ROOT = new URL("../", import.meta.url);

/** The pages that there are. */
export const PAGES = {
  map: {
    target: "src/web/map_page.json",
    folder: "src/web/map/page/",
    html: "index.html",
    css: "map.css",
    script: "map.js",
    packages: ["d3-"],
  },
  rooms: {
    target: "src/web/rooms_page.json",
    folder: "src/web/rooms/",
    html: "index.html",
    css: "rooms.css",
    script: "rooms.js",
    packages: ["@noble/", "cbor-x@", "zod@"],
  },
} as const satisfies Record<string, PageSource>;

/** Makes a page anew. */
export async function buildPage(page: PageSource): Promise<PageFile> {
  const { folder, html, css, script } = page;
  return {
    deno: Deno.version.deno,
    sources: await hashOfSources(page),
    files: {
      [html]: read(folder + html),
      [css]: read(folder + css),
      [script]: licensesOf(page) + await bundle(page),
    },
  };
}

/** A hash of all that a page is made from. */
export async function hashOfSources(page: PageSource): Promise<string> {
  const { folder, html, css } = page;
  const info = ["info", "--json", "--no-lock", "--import-map=.imports.json", entryOf(page)];
  const graph: ModuleGraph = JSON.parse(await deno(info));
  const modules = graph.modules.map(({ specifier }) => specifier)
    .filter((specifier) => specifier.startsWith(ROOT.href))
    .map((specifier) => specifier.slice(ROOT.href.length));
  const files = [...modules, folder + html, folder + css].sort();
  const packages = Object.keys(graph.npmPackages ?? {})
    .filter((name) => page.packages.some((beginning) => name.startsWith(beginning)))
    .sort();
  const texts = files.map((file) => `${file}\n${read(file)}`);
  const bytes = new TextEncoder().encode([...packages, ...texts, licensesOf(page)].join("\n"));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** The parts of `deno info --json` that matter here. */
interface ModuleGraph {
  modules: readonly { specifier: string }[];
  npmPackages?: Record<string, unknown>;
}

function entryOf({ folder }: PageSource): string {
  return `${folder}main.ts`;
}

/** The packages ask that this stands in every copy of them. */
function licensesOf({ packages }: PageSource): string {
  return packages.map((name) => LICENSES[name]).join("");
}

async function bundle(page: PageSource): Promise<string> {
  const map = Deno.makeTempFileSync({ dir: ROOT.pathname, prefix: ".imports.", suffix: ".json" });
  try {
    Deno.writeTextFileSync(map, JSON.stringify(pageImports()));
    const options = ["--platform=browser", "--minify", "--no-lock", `--import-map=${map}`];
    return await deno(["bundle", "-q", ...options, entryOf(page)]);
  } finally {
    Deno.removeSync(map);
  }
}

/** Pages forbid that texts become functions, so there they get the edition of cbor-x that never does. */
function pageImports(): { imports: Record<string, string> } {
  const map = JSON.parse(read(".imports.json"));
  const name = "cbor-x/encode";
  map.imports[name] = map.imports[name].replace(/\/encode$/, "/index-no-eval");
  return map;
}

/** What a command of Deno prints. */
async function deno(args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(`deno ${args.join(" ")}: ${text.decode(stderr)}`);
  return text.decode(stdout);
}

function read(file: string): string {
  return Deno.readTextFileSync(new URL(file, ROOT));
}

if (import.meta.main) {
  for (const page of Object.values(PAGES)) {
    const built = await buildPage(page);
    Deno.writeTextFileSync(new URL(page.target, ROOT), `${JSON.stringify(built, null, 2)}\n`);
    for (const [name, text] of Object.entries(built.files)) {
      console.log(`${page.target}: ${name}: ${text.length} characters`);
    }
  }
}
