import { assertEquals, assertRejects } from "@std/assert";
import { HostError } from "../../src/config/host.ts";
import { interruption, print, readInput } from "../../src/io/terminal.ts";
import { runModule } from "./program.ts";

/** Standard input that comes in these pieces. */
function input(...pieces: (string | Error)[]) {
  const left = pieces.map((piece) =>
    piece instanceof Error ? piece : new TextEncoder().encode(piece)
  );
  return {
    isTerminal: () => false,
    read(into: Uint8Array): Promise<number | null> {
      const piece = left.shift();
      if (piece === undefined) return Promise.resolve(null);
      if (piece instanceof Error) return Promise.reject(piece);
      const count = Math.min(piece.length, into.length);
      into.set(piece.subarray(0, count));
      if (count < piece.length) left.unshift(piece.subarray(count));
      return Promise.resolve(count);
    },
    left: () => left.length,
  };
}

async function textOf(limit: number, ...pieces: string[]): Promise<string> {
  return new TextDecoder().decode(await readInput(limit, input(...pieces)));
}

Deno.test("readInput: takes all of it, in whatever pieces it comes", async () => {
  assertEquals(await textOf(100), "");
  assertEquals(await textOf(100, "hello\n"), "hello\n");
  assertEquals(await textOf(100, "he", "", "l", "lo"), "hello");
});

Deno.test("readInput: takes no more than it may, from an input without end", async () => {
  assertEquals(await textOf(5, "hello"), "hello");
  const endless = input("hello", "world", "more");
  assertEquals((await readInput(7, endless)).length, 7);
  assertEquals(endless.left(), 2);
});

Deno.test("readInput: an input that cannot be read is a sentence", async () => {
  const broken = input("he", new Deno.errors.IsADirectory("Is a directory (os error 21)"));
  const error = await assertRejects(() => readInput(100, broken), HostError);
  assertEquals(error.detail.startsWith("Standard input cannot be read: "), true);
});

Deno.test("print: writes all of it, however little is taken at a time", () => {
  const written: number[] = [];
  print({
    writeSync(bytes) {
      written.push(...bytes.subarray(0, 3));
      return Math.min(3, bytes.length);
    },
  }, "größer als 3");
  assertEquals(new TextDecoder().decode(Uint8Array.from(written)), "größer als 3");
});

Deno.test("interruption: Ctrl-C aborts it and ends nobody, until it is disposed of", async () => {
  await using program = runModule("tests/io/interrupted.ts", []);
  await program.untilSaid("listening");
  program.signal("SIGINT");
  await program.untilSaid("aborted, as usual now");
  program.signal("SIGINT");
  const { code, out } = await program.outcome();
  assertEquals([code, out], [130, "listening\naborted, as usual now\n"]);
});

Deno.test("interruption: is aborted when nobody reads any more", async () => {
  const script = `${Deno.execPath()} run -A -q --no-lock --import-map=.imports.json ` +
    "tests/io/endless.ts | head -n 1";
  const { code, stdout, stderr } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  const said = new TextDecoder().decode(stderr);
  assertEquals([code, new TextDecoder().decode(stdout), said], [0, "line\n", "ended\n"]);
});

Deno.test("interruption: several may be open, and come and go", () => {
  const first = interruption();
  const second = interruption();
  first[Symbol.dispose]();
  second[Symbol.dispose]();
  assertEquals([first.signal.aborted, second.signal.aborted], [false, false]);
});
