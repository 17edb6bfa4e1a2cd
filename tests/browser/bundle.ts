/** Makes one script of modules, so that a page can run them. */

const FOLDER = new URL("./", import.meta.url);
const ROOT = new URL("../../", FOLDER);

/** The script that a module of this folder and all it imports make. */
export async function bundleForPage(module: string): Promise<string> {
  const map = JSON.parse(Deno.readTextFileSync(new URL(".imports.json", ROOT)));
  // What stands for it where JSR is out of reach needs Deno.
  map.imports["@std/assert"] = "./tests/browser/page_assert.ts";
  const file = Deno.makeTempFileSync({
    dir: ROOT.pathname,
    prefix: ".page_imports.",
    suffix: ".json",
  });
  try {
    Deno.writeTextFileSync(file, JSON.stringify(map));
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "bundle",
        "-q",
        "--no-lock",
        "--platform=browser",
        `--import-map=${file}`,
        new URL(module, FOLDER).pathname,
      ],
      cwd: ROOT,
      stdin: "null",
    }).output();
    const text = new TextDecoder();
    if (!success) throw new Error(`Could not bundle ${module}: ${text.decode(stderr)}`);
    return text.decode(stdout);
  } finally {
    Deno.removeSync(file);
  }
}
