import { assertEquals, assertStringIncludes } from "@std/assert";
import purity, { isCore } from "../../tools/lint/purity.ts";

const ROOT = new URL("../../", import.meta.url);

const FORBIDDEN = [
  { code: "Date.now();", rule: "no-clock" },
  { code: 'Date["now"]();', rule: "no-clock" },
  { code: "new Date();", rule: "no-clock" },
  { code: "Date();", rule: "no-clock" },
  { code: "const { now } = Date;", rule: "no-clock" },
  { code: "Math.random();", rule: "no-chance" },
  { code: "const draw = Math.random;", rule: "no-chance" },
  { code: "const { random } = Math;", rule: "no-chance" },
  { code: "setTimeout(() => {}, 1);", rule: "no-timer" },
  { code: "setInterval(() => {}, 1);", rule: "no-timer" },
  { code: "queueMicrotask(() => {});", rule: "no-timer" },
  { code: "Deno.cwd();", rule: "no-world" },
  { code: "performance.now();", rule: "no-world" },
  { code: "Temporal.Now.instant();", rule: "no-world" },
  { code: "console.log(1);", rule: "no-world" },
  { code: "globalThis.setTimeout;", rule: "no-world" },
  { code: "async function wait() {}", rule: "no-waiting" },
  { code: "const wait = async () => {};", rule: "no-waiting" },
  { code: "class Waiter { async wait() {} }", rule: "no-waiting" },
  { code: "await ready;", rule: "no-waiting" },
  { code: "for await (const each of all) use(each);", rule: "no-waiting" },
  { code: "new Promise(start);", rule: "no-waiting" },
  { code: "Promise.resolve(1);", rule: "no-waiting" },
];

for (const { code, rule } of FORBIDDEN) {
  Deno.test(`purity/${rule}: the core must not say ${code}`, () => {
    const [found, ...more] = Deno.lint.runPlugin(purity, "src/wire/frame.ts", code);
    assertEquals([found?.id, more], [`purity/${rule}`, []]);
    assertStringIncludes(found?.hint ?? "", "Instead, ");
  });
  Deno.test(`purity/${rule}: the edges may say ${code}`, () => {
    assertEquals(Deno.lint.runPlugin(purity, "src/io/clock.ts", code), []);
  });
}

Deno.test("purity: the simulator has no clock, chance or timer either, but may print", () => {
  const code = "Date.now(); Math.random(); setTimeout(() => {}, 1); console.log(1);";
  const found = Deno.lint.runPlugin(purity, "src/sim/network.ts", code);
  const rules = found.map(({ id }) => id);
  assertEquals(rules.sort(), ["purity/no-chance", "purity/no-clock", "purity/no-timer"]);
});

Deno.test("purity: what only looks like the outside is allowed", () => {
  const code = "new Date(at); Math.floor(1.5); report.console; clock.now(); toString.name;";
  assertEquals(Deno.lint.runPlugin(purity, "src/wire/frame.ts", code), []);
});

Deno.test("isCore: everything in src but io, cli, sim and web, folders to come included", () => {
  const files = ["base/a.ts", "wire/a.ts", "rooms/deep/a.ts", "io/a.ts", "cli/a.ts", "sim/a.ts"];
  const core = ["base/a.ts", "wire/a.ts", "rooms/deep/a.ts"];
  assertEquals(files.filter((file) => isCore(`/home/area-net/src/${file}`)), core);
  assertEquals(["/tests/wire/a.ts", "/main.ts", "C:\\net\\src\\io\\a.ts"].filter(isCore), []);
});

/** What the second type check must find; each line by itself. */
const UNKNOWN_TO_THE_CORE = [
  "setTimeout",
  "Deno",
  "console",
  "performance",
  "fetch",
  "URL",
  "process",
];

Deno.test("core.deno.json: the core's type check knows the language and UTF-8 alone", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    for (const name of ["core.deno.json", "core.d.ts"]) {
      Deno.copyFileSync(new URL(`tools/${name}`, ROOT), `${folder}/${name}`);
    }
    const lines = UNKNOWN_TO_THE_CORE.map((name) => `export const my_${name} = ${name};\n`);
    Deno.writeTextFileSync(`${folder}/impure.ts`, lines.join(""));
    Deno.writeTextFileSync(`${folder}/pure.ts`, 'export default new TextEncoder().encode("");\n');
    const errors = await check(folder, "impure.ts");
    const missed = UNKNOWN_TO_THE_CORE.filter((name) => !errors.includes(`name '${name}'`));
    assertEquals(missed, []);
    assertEquals(await check(folder, "pure.ts"), "");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

async function check(cwd: string, file: string): Promise<string> {
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "-q", "--config=core.deno.json", file],
    env: { NO_COLOR: "1" },
    cwd,
  }).output();
  return new TextDecoder().decode(stderr);
}
