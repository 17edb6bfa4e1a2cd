import { assertEquals, assertMatch } from "@std/assert";
import { type Log, type LogOptions, openLog } from "../../src/io/log.ts";

interface Scene {
  folder: string;
  file: string;
  open(options?: Partial<LogOptions>): Log;
  /** What went to standard error. */
  complaints: string[];
}

/** A log in a folder of its own, with the console's words caught. */
function withLog(story: (scene: Scene) => void): void {
  const folder = Deno.makeTempDirSync();
  const file = `${folder}/area-net.log`;
  const complaints: string[] = [];
  const { error } = console;
  console.error = (text: string) => complaints.push(text);
  try {
    const open = (options: Partial<LogOptions> = {}) => openLog({ ...PLAIN, file, ...options });
    story({ folder, file, open, complaints });
  } finally {
    console.error = error;
    Deno.removeSync(folder, { recursive: true });
  }
}

const PLAIN: LogOptions = {
  level: "info",
  format: "text",
  maxSize: 10_000,
  maxFiles: 2,
  console: false,
};

function linesOf(file: string): string[] {
  return Deno.readTextFileSync(file).trimEnd().split("\n");
}

function namesIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
}

Deno.test("openLog: a line has its time, level and text, and is on disk at once", () =>
  withLog(({ file, open }) => {
    const log = open();
    log.write("info", "Link up");
    assertMatch(
      Deno.readTextFileSync(file),
      /^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z INFO {2}Link up\n$/,
    );
    log.write("error", "Disk full");
    assertMatch(linesOf(file)[1] ?? "", /Z ERROR Disk full$/);
  }));

Deno.test("openLog: lines below the level are left out", () =>
  withLog(({ file, open }) => {
    const log = open({ level: "warn" });
    for (const level of ["debug", "info", "warn", "error"] as const) log.write(level, level);
    assertEquals(linesOf(file).map((line) => line.slice(-5)), [" warn", "error"]);
  }));

Deno.test("openLog: a JSON line holds the fields beside time, level and text", () =>
  withLog(({ file, open }) => {
    open({ format: "json" }).write("info", 'A "quoted"\nline', { type: "node-lost", count: 2 });
    const [line, ...more] = linesOf(file).map((line) => JSON.parse(line));
    assertEquals(more, []);
    assertEquals(new Date(line.time).toISOString(), line.time);
    delete line.time;
    assertEquals({ ...line }, {
      level: "info",
      text: 'A "quoted"\nline',
      type: "node-lost",
      count: 2,
    });
  }));

Deno.test("openLog: a full file makes room, and only so many are kept", () =>
  withLog(({ folder, file, open }) => {
    const log = open({ maxSize: 100 });
    for (let i = 0; i < 8; i++) log.write("info", `line ${i}`);
    assertEquals(namesIn(folder), ["area-net.log", "area-net.log.1", "area-net.log.2"]);
    const kept = [`${file}.2`, `${file}.1`, file].flatMap(linesOf);
    assertEquals(kept.map((line) => line.slice(-6)), [
      "line 2",
      "line 3",
      "line 4",
      "line 5",
      "line 6",
      "line 7",
    ]);
  }));

Deno.test("openLog: where no full file is kept, it starts anew", () =>
  withLog(({ folder, file, open }) => {
    const log = open({ maxSize: 100, maxFiles: 0 });
    for (let i = 0; i < 5; i++) log.write("info", `line ${i}`);
    assertEquals(namesIn(folder), ["area-net.log"]);
    assertEquals(linesOf(file).map((line) => line.slice(-6)), ["line 4"]);
  }));

Deno.test("openLog: a line longer than the file may be is written all the same", () =>
  withLog(({ folder, open }) => {
    const log = open({ maxSize: 100 });
    log.write("info", "x".repeat(500));
    log.write("info", "short");
    assertEquals(namesIn(folder), ["area-net.log", "area-net.log.1"]);
  }));

Deno.test("openLog: an earlier run's lines stay", () =>
  withLog(({ file, open }) => {
    open().write("info", "first run");
    open().write("info", "second run");
    assertEquals(linesOf(file).length, 2);
  }));

Deno.test("openLog: that the file cannot be written is said once, and that it can again", () =>
  withLog(({ folder, file, open, complaints }) => {
    const log = open();
    Deno.removeSync(folder, { recursive: true });
    log.write("info", "lost");
    log.write("info", "lost too");
    const failed = `Could not write ${file}: there is no such file or folder`;
    assertEquals(complaints, [failed]);
    Deno.mkdirSync(folder);
    log.write("info", "kept");
    assertEquals(complaints, [failed, `Writing ${file} works again`]);
    assertEquals(linesOf(file).length, 1);
    Deno.removeSync(folder, { recursive: true });
    log.write("info", "lost");
    assertEquals(complaints.length, 3);
    Deno.mkdirSync(folder);
  }));

/** Runs `story` with another `console.log`. */
function withConsole(log: (line: string) => void, story: () => void): void {
  const { log: real } = console;
  console.log = log;
  try {
    story();
  } finally {
    console.log = real;
  }
}

Deno.test("openLog: the console gets the same lines", () => {
  const said: string[] = [];
  withConsole((line) => said.push(line), () => {
    openLog({ ...PLAIN, console: true, format: "json" }).write("info", "Link up", { type: "x" });
  });
  assertEquals(said.map((line) => JSON.parse(line).type), ["x"]);
});

Deno.test("openLog: on a terminal trouble has a colour, if the user wants any", () => {
  const said: string[] = [];
  const { isTerminal } = Deno.stdout;
  Deno.stdout.isTerminal = () => true;
  try {
    withConsole((line) => said.push(line), () => {
      const log = openLog({ ...PLAIN, console: true });
      for (const level of ["info", "warn", "error"] as const) log.write(level, "text");
    });
  } finally {
    Deno.stdout.isTerminal = isTerminal;
  }
  const colors = said.map((line) => /\[(\d+)m/.exec(line)?.[1]);
  assertEquals(colors, Deno.noColor ? [undefined, undefined, undefined] : [undefined, "33", "31"]);
});

Deno.test("openLog: a terminal that was closed does not keep lines from the file", () =>
  withLog(({ file, open }) => {
    const fail = () => {
      throw new Error("Input/output error (os error 5)");
    };
    withConsole(fail, () => open({ console: true }).write("info", "Leaving"));
    assertMatch(linesOf(file)[0] ?? "", /Leaving$/);
  }));
