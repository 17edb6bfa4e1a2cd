import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Store } from "../../src/base/ports.ts";
import type { Snapshot } from "../../src/controller/snapshot.ts";
import { Reporter } from "../../src/report/reporter.ts";
import { ReportWriter } from "../../src/report/writer.ts";
import { ALONE, FIVE, TROUBLED } from "./networks.ts";

/** A writer that has found nothing of an earlier run. */
function writerOf({ d2 }: { d2: boolean }): ReportWriter {
  const writer = new ReportWriter({ d2, d2_max_nodes: 60 });
  for (const name of writer.wanted) writer.found(name, undefined);
  return writer;
}

/** Dumps and reports each write as done; answers with the names written. */
function dump(writer: ReportWriter, snapshot: Snapshot): string[] {
  return writer.render(snapshot).map(({ name }) => {
    assertEquals(writer.written(name), []);
    return name;
  });
}

Deno.test("ReportWriter: writes both files at first and neither while nothing changes", () => {
  const writer = writerOf({ d2: true });
  assertEquals(dump(writer, FIVE), ["peers.json", "peers.d2"]);
  assertEquals(dump(writer, { ...FIVE, at: 5_000 }), []);
});

Deno.test("ReportWriter: writes no diagram unless asked to", () => {
  assertEquals(dump(writerOf({ d2: false }), FIVE), ["peers.json"]);
});

Deno.test("ReportWriter: writes the file that changed, and it alone", () => {
  const writer = writerOf({ d2: true });
  dump(writer, FIVE);
  assertEquals(dump(writer, { ...FIVE, links: [] }), ["peers.d2"]);
  assertEquals(dump(writer, { ...FIVE, links: [], peers: [] }), ["peers.json"]);
});

Deno.test("ReportWriter: does not offer a file again while its write is under way", () => {
  const writer = writerOf({ d2: false });
  assertEquals(writer.render(FIVE).length, 1);
  assertEquals(writer.render(ALONE), []);
  writer.written("peers.json");
  assertEquals(writer.render(ALONE).map(({ text }) => text), ["[]\n"]);
});

Deno.test("ReportWriter: offers a file that failed at the next dump, even with the text it had before", () => {
  const writer = writerOf({ d2: false });
  dump(writer, FIVE);
  assertEquals(writer.render(ALONE).length, 1);
  writer.written("peers.json", "no space left on device");
  assertEquals(writer.render(FIVE).map(({ name }) => name), ["peers.json"]);
});

Deno.test("ReportWriter: tells of a failure once, until the file can be written again", () => {
  const writer = writerOf({ d2: true });
  const told = (error?: string) =>
    writer.render(FIVE).filter(({ name }) => name === "peers.json")
      .flatMap(({ name }) => writer.written(name, error));
  assertEquals(told("read-only file system"), [
    { type: "report-failed", file: "peers.json", reason: "read-only file system" },
  ]);
  assertEquals(told("no space left on device"), []);
  assertEquals(told(), [{ type: "report-recovered", file: "peers.json" }]);
  assertEquals(told(), []);
});

Deno.test("ReportWriter: tells of a second failure after a recovery", () => {
  const writer = writerOf({ d2: false });
  const types = ["broken", undefined, "broken again"].flatMap((error, at) =>
    writer.render(at % 2 === 0 ? FIVE : ALONE)
      .flatMap(({ name }) => writer.written(name, error))
      .map(({ type }) => type)
  );
  assertEquals(types, ["report-failed", "report-recovered", "report-failed"]);
});

Deno.test("ReportWriter: keeps the trouble of one file from the other", () => {
  const writer = writerOf({ d2: true });
  assertEquals(writer.render(FIVE).length, 2);
  writer.written("peers.json", "permission denied");
  assertEquals(writer.written("peers.d2"), []);
  assertEquals(writer.render(FIVE).map(({ name }) => name), ["peers.json"]);
});

/** The diagram as it stands on disk, after a dump at a time of the network's clock. */
function diagramAt(writer: ReportWriter, at: number, snapshot: Snapshot): string | undefined {
  const reports = writer.render({ ...snapshot, at });
  for (const { name } of reports) writer.written(name);
  return reports.find(({ name }) => name === "peers.d2")?.text;
}

Deno.test("ReportWriter: the diagram tells when it changed, and is not written for the time alone", () => {
  const writer = writerOf({ d2: true });
  assertStringIncludes(diagramAt(writer, 5_000, FIVE) ?? "", "changed 1970-01-01 00:00:05 UTC");
  assertEquals(diagramAt(writer, 10_000, FIVE), undefined);
  const changed = diagramAt(writer, 15_000, { ...FIVE, links: [] });
  assertStringIncludes(changed ?? "", "changed 1970-01-01 00:00:15 UTC");
  assertEquals(diagramAt(writer, 20_000, { ...FIVE, links: [] }), undefined);
});

Deno.test("ReportWriter: a node that is restarted and finds all as it was leaves the diagram alone", () => {
  const text = diagramAt(writerOf({ d2: true }), 5_000, FIVE);
  const restarted = new ReportWriter({ d2: true, d2_max_nodes: 60 });
  assertEquals(restarted.wanted, ["peers.d2"]);
  // What is on disk is not known yet.
  assertEquals(diagramAt(restarted, 60_000, FIVE), undefined);
  restarted.found("peers.d2", text);
  assertEquals(restarted.wanted, []);
  assertEquals(diagramAt(restarted, 65_000, FIVE), undefined);
  const changed = diagramAt(restarted, 70_000, TROUBLED);
  assertStringIncludes(changed ?? "", "changed 1970-01-01 00:01:10 UTC");
});

Deno.test("ReportWriter: a diagram on disk that says something else, or none, is replaced", () => {
  const text = diagramAt(writerOf({ d2: true }), 5_000, FIVE) ?? "";
  for (const found of [undefined, "", "null", text.replace("213", "214"), `${text}\n`]) {
    const restarted = new ReportWriter({ d2: true, d2_max_nodes: 60 });
    restarted.found("peers.d2", found);
    assertEquals(diagramAt(restarted, 60_000, FIVE) === undefined, false, found);
  }
});

Deno.test("ReportWriter: a failed diagram is written again, with the time of the next attempt", () => {
  const writer = writerOf({ d2: true });
  for (const { name } of writer.render(FIVE)) writer.written(name, "no space left on device");
  assertStringIncludes(diagramAt(writer, 5_000, FIVE) ?? "", "changed 1970-01-01 00:00:05 UTC");
});

Deno.test("ReportWriter: draws as many nodes as the configuration says", () => {
  const writer = new ReportWriter({ d2: true, d2_max_nodes: 4 });
  writer.found("peers.d2", undefined);
  assertStringIncludes(diagramAt(writer, 0, FIVE) ?? "", "stacked: several nodes drawn as one");
});

Deno.test("Reporter: writes the diagram once it knows what is on disk, and only where that differs", () => {
  const texts = new Map<string, string>();
  const written: string[] = [];
  let answer: () => void = () => {};
  const store: Store = {
    read: (name, done) => answer = () => done(texts.get(name)),
    write(name, text, done) {
      texts.set(name, text);
      written.push(name);
      done();
    },
  };
  const start = () => new Reporter(store, { d2: true, d2_max_nodes: 60 }, () => {});
  const first = start();
  first.report(FIVE);
  answer();
  first.report(FIVE);
  const second = start();
  answer();
  second.report({ ...FIVE, at: 60_000 });
  second.report({ ...TROUBLED, at: 65_000 });
  assertEquals(written.filter((name) => name === "peers.d2").length, 2);
});
