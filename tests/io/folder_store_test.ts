import { assert, assertEquals } from "@std/assert";
import { FolderStore, UNFINISHED } from "../../src/io/folder_store.ts";
import { runModule } from "./program.ts";

/** A new folder, gone after the test. */
function temporaryFolder(): { path: string } & Disposable {
  const path = Deno.makeTempDirSync();
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

function write(store: FolderStore, name: string, text: string): Promise<string | undefined> {
  return new Promise((done) => store.write(name, text, done));
}

function namesIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
}

Deno.test("FolderStore: a text replaces the one before it and leaves nothing else", async () => {
  using folder = temporaryFolder();
  const store = new FolderStore(folder.path);
  assertEquals(await write(store, "peers.json", "a much longer first text"), undefined);
  assertEquals(await write(store, "peers.json", "größer"), undefined);
  assertEquals(Deno.readTextFileSync(`${folder.path}/peers.json`), "größer");
  assertEquals(namesIn(folder.path), ["peers.json"]);
});

Deno.test("FolderStore: reads what was written, and nothing where there is nothing", async () => {
  using folder = temporaryFolder();
  const store = new FolderStore(folder.path);
  const read = (name: string) => new Promise((done) => store.read(name, done));
  await write(store, "peers.json", "größer");
  assertEquals([await read("peers.json"), await read("none")], ["größer", undefined]);
});

Deno.test("FolderStore: a missing folder is made, also when it vanishes later", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/profiles/bob`;
  const store = new FolderStore(path);
  assertEquals(await write(store, "peers.json", "1"), undefined);
  Deno.removeSync(`${folder.path}/profiles`, { recursive: true });
  assertEquals(await write(store, "peers.json", "2"), undefined);
  assertEquals(Deno.readTextFileSync(`${path}/peers.json`), "2");
});

Deno.test("FolderStore: of texts given at once the last is written, and all are told", async () => {
  using folder = temporaryFolder();
  const store = new FolderStore(folder.path);
  const told: number[] = [];
  const writes = [0, 1, 2, 3].map(async (turn) => {
    await write(store, "peers.json", `${turn}`);
    told.push(turn);
  });
  const other = write(store, "peers.d2", "diagram");
  await Promise.all([...writes, other]);
  assertEquals(told, [0, 1, 2, 3]);
  assertEquals(Deno.readTextFileSync(`${folder.path}/peers.json`), "3");
  assertEquals(Deno.readTextFileSync(`${folder.path}/peers.d2`), "diagram");
});

Deno.test("FolderStore: a text given while the one before it is told comes next", async () => {
  using folder = temporaryFolder();
  const store = new FolderStore(folder.path);
  await new Promise((done) => {
    store.write("peers.json", "1", () => store.write("peers.json", "2", done));
  });
  assertEquals(Deno.readTextFileSync(`${folder.path}/peers.json`), "2");
});

Deno.test("FolderStore: a folder that cannot be written is said, then used once it can", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/bob`;
  Deno.writeTextFileSync(path, "a file where the folder should be");
  const store = new FolderStore(path);
  assertEquals(
    await write(store, "peers.json", "1"),
    "a file is in the way of a folder",
  );
  Deno.removeSync(path);
  assertEquals(await write(store, "peers.json", "2"), undefined);
  assertEquals(Deno.readTextFileSync(`${path}/peers.json`), "2");
});

Deno.test("FolderStore: what cannot replace its target leaves nothing behind", async () => {
  using folder = temporaryFolder();
  Deno.mkdirSync(`${folder.path}/peers.json/full`, { recursive: true });
  const error = await write(new FolderStore(folder.path), "peers.json", "1");
  assertEquals(error, "a folder is in the way of a file");
  assertEquals(namesIn(folder.path), ["peers.json"]);
});

Deno.test({
  name: "FolderStore: a full disk leaves the old text whole",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using folder = temporaryFolder();
    Deno.writeTextFileSync(`${folder.path}/peers.json`, "old");
    // Every write to this device finds the disk full.
    Deno.symlinkSync("/dev/full", `${folder.path}/peers.json${UNFINISHED}`);
    await using writer = runModule("tests/io/store_writer.ts", [folder.path]);
    await writer.untilSaid("\n");
    assertEquals(writer.out.split("\n")[0], "the disk is full");
  },
});

Deno.test("FolderStore: killed at any moment, every read finds a whole text", async () => {
  using folder = temporaryFolder();
  const target = `${folder.path}/peers.json`;
  const readTurn = () => JSON.parse(Deno.readTextFileSync(target)).turn;
  for (let round = 0; round < 12; round++) {
    await using writer = runModule("tests/io/store_writer.ts", [folder.path]);
    await writer.untilSaid("written\n".repeat(round + 1));
    for (let read = 0; read < 50; read++) assert(readTurn() >= 0);
    writer.signal("SIGKILL");
    await writer.outcome();
    assert(readTurn() >= round, `round ${round}`);
    const known = ["peers.json", `peers.json${UNFINISHED}`];
    assertEquals(namesIn(folder.path).filter((name) => !known.includes(name)), []);
  }
});
