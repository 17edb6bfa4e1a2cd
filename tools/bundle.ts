/**
 * The task `bundle`. Makes the live map's page from `src/web/map` and writes it to
 * `src/web/map_page.json`, one file that a node loads when it is asked for the page, and never before.
 * The file is checked in, so that nodes need nothing to be built.
 *
 * The bundler is the one that Deno brings, which other versions of Deno may replace. The file therefore
 * says which version wrote it, and holds a hash of all that it was made from: that tells whether it is
 * up to date wherever it is looked at, and the bytes are compared where the version is the same.
 */

/** The page as a node serves it. */
export interface MapPageFile {
  /** The version of Deno whose bundler wrote it. */
  deno: string;
  /** A hash of the sources, and the versions of packages. */
  sources: string;
  /** The texts by their names. */
  files: { "index.html": string; "map.css": string; "map.js": string };
}

const ROOT = new URL("../", import.meta.url);
const PAGE = "src/web/map/page/";
const ENTRY = `${PAGE}main.ts`;

/** Where the page is kept. */
export const TARGET = new URL("src/web/map_page.json", ROOT);

/** The packages in the bundle ask that this stands in every copy of them. */
const LICENSES = `\
/*! With d3-force, d3-quadtree and d3-dispatch, Copyright 2010-2021 Mike Bostock, under the ISC License:
Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is
hereby granted, provided that the above copyright notice and this permission notice appear in all copies.
THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE
INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE
FOR ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS
OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING
OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE. */
`;

/** Makes the page anew. */
export async function buildPage(): Promise<MapPageFile> {
  return {
    deno: Deno.version.deno,
    sources: await hashOfSources(),
    files: {
      "index.html": read(`${PAGE}index.html`),
      "map.css": read(`${PAGE}map.css`),
      "map.js": LICENSES + await bundle(),
    },
  };
}

/** A hash of all that the page is made from. */
export async function hashOfSources(): Promise<string> {
  const graph: ModuleGraph = JSON.parse(await deno(["info", "--json", ...OPTIONS, ENTRY]));
  const modules = graph.modules.map(({ specifier }) => specifier)
    .filter((specifier) => specifier.startsWith(ROOT.href))
    .map((specifier) => specifier.slice(ROOT.href.length));
  const files = [...modules, `${PAGE}index.html`, `${PAGE}map.css`].sort();
  const packages = Object.keys(graph.npmPackages ?? {}).filter((name) => /^d3-/.test(name)).sort();
  const texts = files.map((file) => `${file}\n${read(file)}`);
  const bytes = new TextEncoder().encode([...packages, ...texts, LICENSES].join("\n"));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** The parts of `deno info --json` that matter here. */
interface ModuleGraph {
  modules: readonly { specifier: string }[];
  npmPackages?: Record<string, unknown>;
}

const OPTIONS = ["--no-lock", "--import-map=.imports.json"];

function bundle(): Promise<string> {
  return deno(["bundle", "-q", "--platform=browser", "--minify", ...OPTIONS, ENTRY]);
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
  const page = await buildPage();
  Deno.writeTextFileSync(TARGET, `${JSON.stringify(page, null, 2)}\n`);
  const { files } = page;
  for (const [name, text] of Object.entries(files)) {
    console.log(`${name}: ${text.length} characters`);
  }
}
