import { assertEquals } from "@std/assert";
import { programFor } from "../../src/io/browser.ts";
import { TempFolder } from "./temp_folder.ts";
import { Program } from "./program.ts";
import { until } from "./until.ts";

const ADDRESS = "http://[::1]:8099/";

Deno.test("programFor: every system has its own", () => {
  assertEquals(programFor("linux", ADDRESS), ["xdg-open", ADDRESS]);
  assertEquals(programFor("freebsd", ADDRESS), ["xdg-open", ADDRESS]);
  assertEquals(programFor("darwin", ADDRESS), ["open", ADDRESS]);
  assertEquals(programFor("windows", ADDRESS), ["cmd", "/c", "start", "", ADDRESS]);
});

/** What `openBrowser` answers in a program with these permissions and nothing but `folder` in its path. */
async function open(folder: TempFolder, ...permissions: string[]): Promise<string> {
  folder.write(
    "opener.ts",
    `import { openBrowser } from ${
      JSON.stringify(new URL("../../src/io/browser.ts", import.meta.url).href)
    };\nconsole.log(await openBrowser(${JSON.stringify(ADDRESS)}));\n`,
  );
  await using program = new Program(Deno.execPath(), {
    args: ["run", "-q", "--no-prompt", "--no-lock", "--no-config", ...permissions, "opener.ts"],
    cwd: folder.path,
    env: { PATH: folder.path },
  });
  const { out, err } = await program.outcome();
  return out.trim() + err;
}

const UNIX = { ignore: Deno.build.os !== "linux" };

Deno.test(
  "openBrowser: starts the program with the address, and waits for nothing",
  UNIX,
  async () => {
    using folder = new TempFolder();
    folder.write("xdg-open", `#!/bin/sh\necho "$@" > ${folder.path}/opened\n`, 0o700);
    assertEquals(await open(folder, "--allow-run=xdg-open"), "true");
    await until(() => folder.names().includes("opened") && folder.read("opened") !== "");
    assertEquals(folder.read("opened"), `${ADDRESS}\n`);
  },
);

Deno.test("openBrowser: without the permission nobody is asked for it", UNIX, async () => {
  using folder = new TempFolder();
  folder.write("xdg-open", "#!/bin/sh\n", 0o700);
  assertEquals(await open(folder), "false");
});

Deno.test("openBrowser: without such a program it is no error", UNIX, async () => {
  using folder = new TempFolder();
  assertEquals(await open(folder, "--allow-run"), "false");
});
