import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { Notice } from "../../src/controller/notice.ts";
import { ROOMS_FILE, RoomsFile, RoomsFileError } from "../../src/io/rooms_file.ts";
import { TempFolder } from "./temp_folder.ts";

/** Names with which files and JSON could have trouble. */
const NAMES = ["Küche", 'a "quoted" name', "\u{1f426}\u202e", "../../etc/passwd", "   "];

function fileIn(folder: string, told: Notice[] = []): RoomsFile {
  return new RoomsFile(folder, (notice) => told.push(notice));
}

Deno.test("RoomsFile: keeps names over a restart, each set in place of the one before", () => {
  using folder = new TempFolder();
  const first = fileIn(folder.path);
  assertEquals([first.names, folder.names()], [[], []]);
  first.keep(NAMES);
  assertEquals(fileIn(folder.path).names, NAMES);
  first.keep(["kitchen"]);
  assertEquals(folder.read(ROOMS_FILE), '[\n  "kitchen"\n]\n');
  first.keep([]);
  assertEquals([fileIn(folder.path).names, folder.names()], [[], [ROOMS_FILE]]);
});

Deno.test({
  name: "RoomsFile: nobody but the owner may read what it writes",
  ignore: Deno.build.os === "windows",
  fn() {
    using folder = new TempFolder();
    const file = fileIn(folder.path);
    const mode = () => (Deno.statSync(`${folder.path}/${ROOMS_FILE}`).mode ?? 0) & 0o777;
    const mask = Deno.umask(0);
    try {
      file.keep(["kitchen"]);
      assertEquals(mode(), 0o600);
      // Somebody opens it while the node runs.
      Deno.chmodSync(`${folder.path}/${ROOMS_FILE}`, 0o666);
      file.keep(["kitchen", "cellar"]);
      assertEquals(mode(), 0o600);
    } finally {
      Deno.umask(mask);
    }
  },
});

Deno.test("RoomsFile: makes its folder, and writes nothing that is there already", () => {
  using folder = new TempFolder();
  const deep = `${folder.path}/new/deep`;
  const file = fileIn(deep);
  file.keep([]);
  assertEquals(folder.names(), []);
  file.keep(["kitchen"]);
  Deno.writeTextFileSync(`${deep}/${ROOMS_FILE}`, "edited");
  file.keep(["kitchen"]);
  file.sync();
  assertEquals(Deno.readTextFileSync(`${deep}/${ROOMS_FILE}`), "edited");
});

for (
  const [what, text] of [
    ["empty", ""],
    ["no JSON", '["kitchen",'],
    ["no array", '{"kitchen": true}'],
    ["a text", '"kitchen"'],
    ["null", "null"],
    ["an array of other things", '["kitchen", 7]'],
    ["an array of arrays", '[["kitchen"]]'],
  ] as const
) {
  Deno.test(`RoomsFile: a file that is ${what} is refused with what to do, and stays`, () => {
    using folder = new TempFolder();
    folder.write(ROOMS_FILE, text);
    const error = assertThrows(() => fileIn(folder.path), RoomsFileError);
    assertEquals(
      error.message,
      `The file ${folder.path}/${ROOMS_FILE} is no JSON array of names of rooms: mend it, or ` +
        "remove it; then this node is in no room",
    );
    assertEquals(folder.read(ROOMS_FILE), text);
  });
}

Deno.test({
  name: "RoomsFile: a file that is open to others is refused with the command that mends it",
  ignore: Deno.build.os === "windows",
  fn() {
    using folder = new TempFolder();
    for (const mode of [0o644, 0o620, 0o604]) {
      const path = folder.write(ROOMS_FILE, '["kitchen"]', mode);
      const error = assertThrows(() => fileIn(folder.path), RoomsFileError);
      assertStringIncludes(error.message, `(mode 0${mode.toString(8)}, wanted 0600)`);
      assertStringIncludes(error.message, `run "chmod 600 ${path}"`);
      assertEquals(error.message.includes("kitchen"), false);
    }
  },
});

Deno.test("RoomsFile: a folder in its place is refused", () => {
  using folder = new TempFolder();
  Deno.mkdirSync(`${folder.path}/${ROOMS_FILE}`);
  const error = assertThrows(() => fileIn(folder.path), RoomsFileError);
  assertStringIncludes(error.message, `Could not read ${folder.path}/${ROOMS_FILE}: `);
});

Deno.test("RoomsFile: what cannot be written is told once, and written once it can be", () => {
  using folder = new TempFolder();
  const told: Notice[] = [];
  const file = fileIn(folder.path, told);
  // Nobody, not even the administrator, can put a file in the place of a folder that is not empty.
  const path = `${folder.path}/${ROOMS_FILE}`;
  Deno.mkdirSync(`${path}/in the way`, { recursive: true });
  file.keep(["kitchen"]);
  file.keep(["kitchen", "cellar"]);
  file.sync();
  const [failed, ...more] = told;
  assertEquals([failed?.type, more], ["report-failed", []]);
  assertEquals(failed?.type === "report-failed" && failed.file, ROOMS_FILE);
  assertEquals(folder.names(), [ROOMS_FILE], "Nothing half-written stays behind");
  Deno.removeSync(path, { recursive: true });
  file.sync();
  assertEquals(fileIn(folder.path).names, ["kitchen", "cellar"]);
  assertEquals(told.slice(1), [{ type: "report-recovered", file: ROOMS_FILE }]);
});

Deno.test("RoomsFile: what failed and is not wanted any more is not told as failing again", () => {
  using folder = new TempFolder();
  const told: Notice[] = [];
  const file = fileIn(folder.path, told);
  const path = `${folder.path}/${ROOMS_FILE}`;
  Deno.mkdirSync(`${path}/in the way`, { recursive: true });
  file.keep(["kitchen"]);
  file.keep([]);
  Deno.removeSync(path, { recursive: true });
  file.sync();
  assertEquals([told.length, folder.names()], [1, []]);
});
