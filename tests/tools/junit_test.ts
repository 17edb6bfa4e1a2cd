import { assertEquals } from "@std/assert";
import { readReport, summary } from "../../tools/junit.ts";

const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="4" failures="1" errors="0" time="0.1">
  <testsuite name="file:///a_test.ts" tests="4" disabled="1" errors="0" failures="1">
    <testcase name="frame: reads &quot;a &lt; b&quot;" classname="./a_test.ts" time="0.001"/>
    <testcase name="frame: plain" classname="./a_test.ts" time="0.001">
    </testcase>
    <testcase name="frame: broken" classname="./a_test.ts" time="0.001">
      <failure message="Uncaught Error">says &lt;skipped/&gt;</failure>
    </testcase>
    <testcase name="frame: later" classname="./a_test.ts" time="0.000">
      <skipped/>
    </testcase>
  </testsuite>
</testsuites>`;

Deno.test("readReport: every test with its name and outcome", () => {
  assertEquals(readReport(REPORT), [
    { name: 'frame: reads "a < b"', outcome: "passed" },
    { name: "frame: plain", outcome: "passed" },
    { name: "frame: broken", outcome: "failed" },
    { name: "frame: later", outcome: "skipped" },
  ]);
});

Deno.test("summary: skipped tests are said where there are any", () => {
  const results = readReport(REPORT);
  assertEquals(summary(results), "2 passed, 1 failed, 1 skipped");
  assertEquals(summary(results.slice(0, 2)), "2 passed, 0 failed");
  assertEquals(summary([]), "0 passed, 0 failed");
});

Deno.test("readReport: agrees with a report that Deno writes", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(
      `${folder}/some_test.ts`,
      `Deno.test("good", () => {});
       Deno.test("bad <&>", () => { throw new Error("on purpose"); });
       Deno.test.ignore("later", () => {});
       Deno.test("in steps", async (t) => { await t.step("a step", () => {}); });`,
    );
    await new Deno.Command(Deno.execPath(), {
      args: ["test", "-q", "--no-config", "--junit-path=report.xml", "some_test.ts"],
      cwd: folder,
    }).output();
    const results = readReport(Deno.readTextFileSync(`${folder}/report.xml`));
    const outcomes = Object.fromEntries(results.map(({ name, outcome }) => [name, outcome]));
    assertEquals(outcomes, {
      "good": "passed",
      "bad <&>": "failed",
      "later": "skipped",
      "in steps": "passed",
      "in steps > a step": "passed",
    });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
