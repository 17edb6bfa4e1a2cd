import { assert, assertArrayIncludes, assertEquals } from "@std/assert";
import { groups, unreported } from "../../tools/test.ts";

const names = (args: string[]) => groups(args).map(({ name }) => name);

Deno.test("groups: without arguments the core and the edges run", () => {
  const [core, edges] = groups([]);
  assertEquals([core?.name, edges?.name], ["core", "edges"]);
  assertEquals(core?.args.at(-1), "tests/**/*_test.ts");
  assertArrayIncludes(edges?.args ?? [], ["tests/io/**/*_test.ts"]);
});

Deno.test("groups: the core gets no permission", () => {
  const [core, edges] = groups(["--filter=frame"]);
  const permissions = (args: string[] = []) => args.filter((arg) => /^(-P|-A|--allow)/.test(arg));
  assertEquals(permissions(core?.args), []);
  assertEquals(permissions(edges?.args), ["-P=test"]);
});

Deno.test("groups: a folder runs in its own group, one not known yet as core", () => {
  assertEquals(names(["tests/wire"]), ["core"]);
  assertEquals(names(["./tests/io/tcp_test.ts"]), ["edges"]);
  assertEquals(names(["tests/rooms", "tests/std"]), ["core", "edges"]);
  assertEquals(names(["tests/iota"]), ["core"]);
  assertEquals(names(["tests/report/d2_test.ts"]), ["core"]);
  assertEquals(names(["tests/report/d2_compiles_test.ts"]), ["edges"]);
});

Deno.test("groups: options reach every group, before the paths", () => {
  for (const { args } of groups(["tests/wire", "--filter=a", "tests/io"])) {
    assert(args.indexOf("--filter=a") < args.findIndex((arg) => arg.startsWith("tests/")));
  }
});

Deno.test("unreported: names the folders of which no report knows", () => {
  const report = (file: string) => `<testsuites><testsuite name="./${file}" tests="1">`;
  const files = [
    "tests/a/a_test.ts",
    "tests/a/b_test.ts",
    "tests/c/c_test.ts",
    "tests/d/d_test.ts",
  ];
  assertEquals(unreported(files, files.map(report)), []);
  assertEquals(unreported(files, [report("tests/c/helper.ts"), report("tests/a/b_test.ts")]), [
    "tests/d",
  ]);
  assertEquals(unreported(files, []), ["tests/a", "tests/c", "tests/d"]);
});
