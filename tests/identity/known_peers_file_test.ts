import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Store } from "../../src/base/ports.ts";
import { formatKnownPeers, type KnownPeer } from "../../src/identity/known_peers.ts";
import { KNOWN_PEERS_FILE, KnownPeersFile } from "../../src/identity/known_peers_file.ts";
import { known } from "./known.ts";

/** A folder whose answers wait until they are let out. */
class SlowFolder implements Store {
  text: string | undefined;
  fault: string | undefined;
  /** Texts that were written, in order. */
  readonly written: string[] = [];
  readonly #waiting: (() => void)[] = [];

  read(name: string, done: (text: string | undefined) => void): void {
    assertEquals(name, KNOWN_PEERS_FILE);
    this.#waiting.push(() => done(this.text));
  }

  write(name: string, text: string, done: (error?: string) => void): void {
    assertEquals(name, KNOWN_PEERS_FILE);
    this.#waiting.push(() => {
      if (this.fault === undefined) {
        this.text = text;
        this.written.push(text);
      }
      done(this.fault);
    });
  }

  /** Lets everything happen that waits, and what comes of it. Answers how much that was. */
  settle(): number {
    let count = 0;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      next();
      count++;
    }
    return count;
  }
}

/** A file in a folder, and all that was told of it. */
function openFile({ text }: { text?: string } = {}) {
  const folder = new SlowFolder();
  folder.text = text;
  const edits: (readonly KnownPeer[])[] = [];
  const told: (string | undefined)[] = [];
  const listener = {
    revised: (peers: KnownPeer[]) => edits.push(peers),
    failed: (reason: string | undefined) => told.push(reason),
  };
  const file = new KnownPeersFile(folder, listener, text);
  const sync = (...peers: KnownPeer[]) => {
    file.sync(peers);
    return folder.settle();
  };
  return { folder, edits, told, file, sync };
}

const ONE = formatKnownPeers([known(1)]);
const TWO = formatKnownPeers([known(1), known(2)]);

Deno.test("KnownPeersFile: writes what the node knows, and only when that has changed", () => {
  const { folder, sync, told } = openFile();
  sync(known(1));
  sync(known(1));
  assertEquals(folder.written, [ONE]);
  sync(known(1), known(2));
  assertEquals(folder.written, [ONE, TWO]);
  assertEquals(told, []);
});

Deno.test("KnownPeersFile: what the node was started with is not written again", () => {
  const { folder, sync } = openFile({ text: ONE });
  sync(known(1));
  assertEquals(folder.written, []);
});

Deno.test("KnownPeersFile: an edit holds, whatever the node has learnt meanwhile", () => {
  const { folder, edits, sync } = openFile({ text: ONE });
  folder.text = TWO;
  sync(known(1), known(3));
  assertEquals(edits, [[known(1), known(2)]]);
  assertEquals([folder.text, folder.written], [TWO, []]);
  sync(known(1), known(2));
  assertEquals([edits.length, folder.written.length], [1, 0]);
});

Deno.test("KnownPeersFile: an edit in another layout is taken once, then written as usual", () => {
  const { folder, edits, sync } = openFile({ text: ONE });
  folder.text = JSON.stringify(JSON.parse(TWO));
  sync(known(1));
  sync(...edits.flat());
  assertEquals([edits.length, folder.text], [1, TWO]);
});

Deno.test("KnownPeersFile: a file that appears where there was none is an edit", () => {
  const { folder, edits, sync } = openFile();
  folder.text = ONE;
  sync(known(2));
  assertEquals([edits, folder.text], [[[known(1)]], ONE]);
});

Deno.test("KnownPeersFile: a file that was removed is written anew", () => {
  const { folder, edits, sync } = openFile({ text: ONE });
  folder.text = undefined;
  sync(known(1));
  assertEquals([edits, folder.text], [[], ONE]);
});

Deno.test("KnownPeersFile: a broken edit is told once, not overwritten, and taken when it is mended", () => {
  const { folder, edits, told, sync } = openFile({ text: ONE });
  const broken = ONE.replace('"addresses": [', '"addresses": 7, "x": [');
  folder.text = broken;
  for (let time = 0; time < 3; time++) sync(known(1), known(2));
  assertEquals([folder.text, edits], [broken, []]);
  assertEquals(told.length, 1);
  assertStringIncludes(told[0] ?? "", "Peer 1: addresses is no array");
  assertStringIncludes(told[0] ?? "", "mend or remove it");
  folder.text = TWO;
  sync(known(1));
  assertEquals([told.length, told[1], edits.length], [2, undefined, 1]);
});

Deno.test("KnownPeersFile: a broken edit that is taken back, or removed, is told to be over", () => {
  for (const mended of [ONE, undefined]) {
    const { folder, told, sync } = openFile({ text: ONE });
    folder.text = "{";
    sync(known(1));
    folder.text = mended;
    sync(known(1));
    assertEquals([told.length, told[1]], [2, undefined]);
    folder.text = "[";
    sync(known(1));
    assertEquals(told.length, 3, "another broken edit is told again");
  }
});

Deno.test("KnownPeersFile: a disk that fails is told once, tried again, and told to work again", () => {
  const { folder, told, sync } = openFile({ text: ONE });
  folder.fault = "No space left on device";
  for (let time = 0; time < 3; time++) sync(known(1), known(2));
  assertEquals([told, folder.text], [["No space left on device"], ONE]);
  folder.fault = undefined;
  sync(known(1), known(2));
  assertEquals([told, folder.text], [["No space left on device", undefined], TWO]);
});

Deno.test("KnownPeersFile: a write that failed half-way counts as nobody's edit", () => {
  const { folder, edits, sync } = openFile({ text: ONE });
  folder.fault = "Input/output error";
  sync(known(1), known(2));
  folder.fault = undefined;
  sync(known(1), known(2));
  assertEquals([edits, folder.text], [[], TWO]);
});

Deno.test("KnownPeersFile: while it reads or writes, it does not begin again", () => {
  const { folder, file } = openFile({ text: ONE });
  for (let time = 0; time < 5; time++) file.sync([known(1), known(2)]);
  // One look at the file, one write.
  assertEquals(folder.settle(), 2);
  assertEquals(folder.written, [TWO]);
});
