import { assertEquals } from "@std/assert";
import manifest from "../../deno.json" with { type: "json" };
import { Program } from "./program.ts";
import { TempFolder } from "./temp_folder.ts";

const IMPORT_MAP = decodeURIComponent(new URL("../../.imports.json", import.meta.url).pathname);
const MODULE = import.meta.resolve("./control_program.ts");
const SOCKET = "profiles/bob/control.sock";

/** What a running node may do, as it is shipped. */
const { net, read, write } = manifest.permissions.node;
const NODE = [net && "--allow-net", `--allow-read=${read}`, `--allow-write=${write}`];

/** A process in the folder above `profiles`. */
function start(folder: TempFolder, permissions: readonly (string | false)[], what: string) {
  const options = ["-q", "--no-prompt", "--no-lock", `--import-map=${IMPORT_MAP}`];
  const granted = permissions.filter((each) => each !== false);
  const args = ["run", ...options, ...granted, MODULE, what, SOCKET];
  return new Program(Deno.execPath(), { args, cwd: folder.path });
}

async function ask(folder: TempFolder, permissions: readonly (string | false)[]) {
  await using program = start(folder, permissions, "ask");
  return (await program.outcome()).out.trim();
}

function profileFolder(): TempFolder {
  const folder = new TempFolder();
  Deno.mkdirSync(`${folder.path}/profiles/bob`, { recursive: true });
  return folder;
}

Deno.test("openControlSocket: a killed node's socket is replaced, with the node's own permissions", async () => {
  using folder = profileFolder();
  const names = () => [...Deno.readDirSync(`${folder.path}/profiles/bob`)].map(({ name }) => name);
  {
    await using first = start(folder, NODE, "serve");
    await first.untilSaid("open");
    assertEquals(await ask(folder, NODE), "bob answers");
    await using second = start(folder, NODE, "serve");
    await second.untilSaid(`bob is already running: it answers at ${SOCKET}`);
    first.signal("SIGKILL");
    await first.outcome();
  }
  assertEquals(await ask(folder, NODE), "not-running");
  assertEquals(names(), ["control.sock"]);
  await using third = start(folder, NODE, "serve");
  await third.untilSaid("open");
  assertEquals(await ask(folder, NODE), "bob answers");
  assertEquals(names(), ["control.sock"]);
});

Deno.test("connectControl: what Deno does not permit is denied", async () => {
  using folder = profileFolder();
  assertEquals(await ask(folder, ["--allow-net"]), "denied");
});
