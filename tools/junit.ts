/**
 * Adds up JUnit reports: `deno run --allow-read=.reports tools/junit.ts .reports/*.xml` names every
 * test that failed or was skipped and ends with the line `N passed, N failed`.
 */

/** What became of one test. */
export interface TestResult {
  name: string;
  outcome: "passed" | "failed" | "skipped";
}

/** The results that one report holds. */
export function readReport(xml: string): TestResult[] {
  const cases = xml.matchAll(/<testcase\b([^>]*?)(?:\/>|>(.*?)<\/testcase>)/gs);
  return Array.from(cases, ([, attributes = "", body = ""]) => ({
    name: unescape(/\bname="([^"]*)"/.exec(attributes)?.[1] ?? ""),
    outcome: /<(failure|error)\b/.test(body)
      ? "failed"
      : /<skipped\b/.test(body)
      ? "skipped"
      : "passed",
  }));
}

/** The line for all results; skipped tests are said where there are any. */
export function summary(results: readonly TestResult[]): string {
  const count = (outcome: TestResult["outcome"]) =>
    results.filter((result) => result.outcome === outcome).length;
  const skipped = count("skipped") > 0 ? `, ${count("skipped")} skipped` : "";
  return `${count("passed")} passed, ${count("failed")} failed${skipped}`;
}

function unescape(text: string): string {
  const characters: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => characters[name] ?? "");
}

if (import.meta.main) {
  const results = Deno.args.flatMap((file) => readReport(Deno.readTextFileSync(file)));
  for (const { name, outcome } of results) {
    if (outcome !== "passed") console.log(`${outcome}: ${name}`);
  }
  console.log(summary(results));
}
