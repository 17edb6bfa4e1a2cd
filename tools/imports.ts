/**
 * Writes `.imports.json`, the import map that every other task passes to Deno. Most networks reach
 * JSR and there it holds the imports of `deno.json` as they are; some reach the npm registry alone,
 * and there the five `@std` names point to the stand-ins in `std_npm/`.
 *
 * Which it is, is found out once, by asking for one small package. The file is written again when
 * `deno.json` has changed; while it is up to date nothing is asked, written or printed. Delete it to
 * have the network asked anew, or set `AREA_NET_STD` to `jsr` or `npm` to decide without asking.
 *
 * An import map replaces the imports of `deno.json` instead of adding to them, so all are carried
 * over. Subpaths are not expanded: one that the project uses has a line of its own in `deno.json`.
 */

/** Where the `@std` packages come from. */
export type Side = "jsr" | "npm";

/** The parts of `deno.json` and of an import map that matter here. */
export interface ImportMap {
  imports: Record<string, string>;
  scopes?: Record<string, Record<string, string>>;
}

/** How long JSR may take to answer. */
const PROBE_TIMEOUT_MS = 10_000;

/** A package of few and small files. */
const PROBED = "@std/toml";

/** The import map for one side, made from `deno.json`. */
export function importMap({ imports, scopes = {} }: ImportMap, side: Side): ImportMap {
  if (side === "jsr") return { imports, scopes };
  const entries = Object.entries(imports).map(([name, target]) => [name, standIn(name) ?? target]);
  return { imports: Object.fromEntries(entries), scopes };
}

function standIn(name: string): string | undefined {
  const [, part] = /^@std\/(\w+)$/.exec(name) ?? [];
  return part && `./std_npm/${part}.ts`;
}

/**
 * Brings `.imports.json` in `folder` up to date with the `deno.json` beside it.
 *
 * @throws {Error} when `AREA_NET_STD` is neither absent nor `jsr` nor `npm`
 */
async function update(folder: URL): Promise<void> {
  const target = new URL(".imports.json", folder);
  const config = JSON.parse(Deno.readTextFileSync(new URL("deno.json", folder))) as ImportMap;
  const texts: Record<Side, string> = {
    jsr: JSON.stringify(importMap(config, "jsr"), null, 2) + "\n",
    npm: JSON.stringify(importMap(config, "npm"), null, 2) + "\n",
  };
  const current = readIfThere(target);
  const forced = forcedSide();
  if (forced === undefined && (current === texts.jsr || current === texts.npm)) return;
  const text = texts[forced ?? await answeringSide(config.imports[PROBED])];
  if (text !== current) replace(target, text);
}

function forcedSide(): Side | undefined {
  const side = Deno.env.get("AREA_NET_STD") || undefined;
  if (side === undefined || side === "jsr" || side === "npm") return side;
  throw new Error(`AREA_NET_STD is "${side}", wanted "jsr" or "npm", or leave it unset`);
}

/** Asks through Deno itself, so its cache and its settings for mirrors and proxies count. */
async function answeringSide(specifier = `jsr:${PROBED}`): Promise<Side> {
  const probe = new Deno.Command(Deno.execPath(), {
    args: ["cache", "-q", "--no-config", "--no-lock", specifier],
    signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    stdin: "null",
    stdout: "null",
    stderr: "null",
  });
  return (await probe.output()).success ? "jsr" : "npm";
}

function readIfThere(file: URL): string | undefined {
  try {
    return Deno.readTextFileSync(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Whole or not at all: several nodes may start at once. */
function replace(file: URL, text: string): void {
  const draft = new URL(`${file.href}.${Deno.pid}`);
  Deno.writeTextFileSync(draft, text);
  Deno.renameSync(draft, file);
}

if (import.meta.main) {
  try {
    await update(new URL("../", import.meta.url));
  } catch (error) {
    console.error(`Cannot write .imports.json: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}
