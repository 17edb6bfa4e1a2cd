import { PassThrough } from "node:stream";
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Completion, LineOptions } from "../../src/cli/host.ts";
import { PipedLines, TerminalLines } from "../../src/io/console.ts";
import { Screen } from "./screen.ts";
import { until } from "./until.ts";

const COLUMNS = 20;
const PROMPT = "bob> ";
const UP = "\x1b[A";
const CTRL_C = "\x03";
const CTRL_D = "\x04";

/** Lines typed at a terminal of 20 columns, and what is seen there. */
class Terminal implements Disposable {
  readonly screen = new Screen(COLUMNS);
  readonly lines: TerminalLines;
  readonly #input = new PassThrough();

  constructor(options: Partial<LineOptions> = {}) {
    const output = new PassThrough();
    Object.assign(output, { columns: COLUMNS });
    output.on("data", (bytes: Uint8Array) => this.screen.write(new TextDecoder().decode(bytes)));
    const complete = (stem: string) => Promise.resolve({ stem, candidates: [] });
    this.lines = new TerminalLines({ prompt: PROMPT, complete, ...options }, this.#input, output);
  }

  type(keys: string): void {
    this.#input.write(keys);
  }

  /** Waits until this is what is seen. */
  async shows(...rows: string[]): Promise<void> {
    const wanted = rows.join("\n");
    await until(() => this.screen.text() === wanted).catch(() => {
      assertEquals(this.screen.text(), wanted);
    });
  }

  [Symbol.dispose](): void {
    this.lines[Symbol.dispose]();
  }
}

Deno.test("TerminalLines: shows a prompt while a line is asked for, and none otherwise", async () => {
  using terminal = new Terminal();
  const line = terminal.lines.next();
  await terminal.shows("bob>");
  terminal.type("status\r");
  assertEquals(await line, "status");
  terminal.lines.out("fine\n");
  await terminal.shows("bob> status", "fine");
  terminal.lines.next();
  await terminal.shows("bob> status", "fine", "bob>");
});

Deno.test("TerminalLines: prints above the line being typed, which stays as it is", async () => {
  using terminal = new Terminal();
  const line = terminal.lines.next();
  terminal.type("send erin");
  await terminal.shows("bob> send erin");
  terminal.lines.out("hello\n");
  terminal.lines.err("trouble\n");
  await terminal.shows("hello", "trouble", "bob> send erin");
  terminal.type(" hi");
  await terminal.shows("hello", "trouble", "bob> send erin hi");
  terminal.type("\r");
  assertEquals(await line, "send erin hi");
});

Deno.test("TerminalLines: prints above a line that fills several rows, wherever the cursor is", async () => {
  const typed = "send erin " + "x".repeat(35);
  const rows = ["bob> send erin xxxxx", "x".repeat(20), "x".repeat(10)];
  for (const keys of ["", "\x1b[H", "\x1b[D".repeat(20)]) {
    using terminal = new Terminal();
    const line = terminal.lines.next();
    terminal.type(typed);
    await terminal.shows(...rows);
    terminal.type(keys);
    await until(() => terminal.screen.isQuiet());
    for (const text of ["one\n", "two\n", "three rows or more of one line\n"]) {
      terminal.lines.out(text);
    }
    await terminal.shows("one", "two", "three rows or more o", "f one line", ...rows);
    terminal.type("\r");
    assertEquals(await line, typed);
  }
});

Deno.test("TerminalLines: what is typed ahead is kept, whatever is printed meanwhile", async () => {
  using terminal = new Terminal();
  terminal.type("one\rtwo\rthr");
  await until(() => terminal.screen.text().endsWith("thr"));
  terminal.lines.out("news\n");
  await until(() => terminal.screen.text().endsWith("news\nthr"));
  assertEquals(await terminal.lines.next(), "one");
  assertEquals(await terminal.lines.next(), "two");
  const third = terminal.lines.next();
  await until(() => terminal.screen.text().endsWith("news\nbob> thr"));
  terminal.type("ee\r");
  assertEquals(await third, "three");
});

Deno.test("TerminalLines: arrow keys bring lines back", async () => {
  using terminal = new Terminal();
  for (
    const [keys, line] of [["one\r", "one"], ["two\r", "two"], [`${UP}${UP}\r`, "one"]] as const
  ) {
    const next = terminal.lines.next();
    terminal.type(keys);
    assertEquals(await next, line);
  }
});

Deno.test("TerminalLines: Tab completes, and a completion that fails harms nothing", async () => {
  const asked: string[] = [];
  const complete = (line: string): Promise<Completion> => {
    asked.push(line);
    if (line.includes("x")) return Promise.reject(new Error("The node is gone"));
    return Promise.resolve({ stem: "er", candidates: ["erin "] });
  };
  using terminal = new Terminal({ complete });
  const line = terminal.lines.next();
  terminal.type("send er\t");
  await until(() => terminal.screen.text() === "bob> send erin" && terminal.screen.isQuiet());
  terminal.type("x\t");
  await until(() => asked.length === 2);
  terminal.type("y\r");
  assertEquals([await line, asked], ["send erin xy", ["send er", "send erin x"]]);
});

Deno.test("TerminalLines: a completion that never comes gives the keys back", async () => {
  using terminal = new Terminal({ complete: () => new Promise(() => {}) });
  const line = terminal.lines.next();
  terminal.type("send\t");
  terminal.type("\r");
  assertEquals(await line, "send");
});

Deno.test("TerminalLines: Ctrl-C aborts the newest of those that ask for it", async () => {
  using terminal = new Terminal();
  using older = terminal.lines.interruption();
  using newer = terminal.lines.interruption();
  terminal.type(CTRL_C);
  await until(() => newer.signal.aborted);
  assertEquals(older.signal.aborted, false);
  terminal.type(CTRL_C);
  await until(() => older.signal.aborted);
});

Deno.test("TerminalLines: Ctrl-C at the prompt drops the line and ends nothing", async () => {
  using terminal = new Terminal();
  terminal.lines.interruption()[Symbol.dispose]();
  const line = terminal.lines.next();
  terminal.type("send erin something rash");
  await until(() => terminal.screen.text().endsWith("rash"));
  terminal.type(CTRL_C);
  await until(() => terminal.screen.text().endsWith("^C\nbob>"));
  terminal.type("status\r");
  assertEquals(await line, "status");
});

Deno.test("TerminalLines: Ctrl-D ends the lines, and what is asked for later ends too", async () => {
  using terminal = new Terminal();
  using open = terminal.lines.interruption();
  const line = terminal.lines.next();
  terminal.type(CTRL_D);
  assertEquals([await line, await terminal.lines.next()], [undefined, undefined]);
  assertEquals(open.signal.aborted, true);
  terminal.lines.out("goodbye\n");
  assertStringIncludes(terminal.screen.text(), "bob>\ngoodbye");
});

Deno.test("PipedLines: gives one line after the other, the last without its end too", async () => {
  const chunks = ["status\nsend er", "in grö", "ßer\r\n\n", "leave"];
  const stream = ReadableStream.from(chunks.map((chunk) => new TextEncoder().encode(chunk)));
  using lines = new PipedLines(stream);
  for (const line of ["status", "send erin größer", "", "leave", undefined, undefined]) {
    assertEquals(await lines.next(), line);
  }
});

Deno.test("PipedLines: may be given up while a line is awaited", async () => {
  let isCancelled = false;
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    cancel: () => void (isCancelled = true),
  });
  const lines = new PipedLines(stream);
  const line = lines.next();
  lines[Symbol.dispose]();
  assertEquals(await line, undefined);
  await until(() => isCancelled);
});
