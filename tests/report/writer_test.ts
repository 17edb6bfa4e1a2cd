import { assertEquals } from "@std/assert";
import type { Snapshot } from "../../src/controller/snapshot.ts";
import { ReportWriter } from "../../src/report/writer.ts";
import { ALONE, FIVE } from "./networks.ts";

/** Dumps and reports each write as done; answers with the names written. */
function dump(writer: ReportWriter, snapshot: Snapshot): string[] {
  return writer.render(snapshot).map(({ name, text }) => {
    assertEquals(writer.written(name, text), []);
    return name;
  });
}

Deno.test("ReportWriter: writes both files at first and neither while nothing changes", () => {
  const writer = new ReportWriter({ d2: true });
  assertEquals(dump(writer, FIVE), ["peers.json", "peers.d2"]);
  assertEquals(dump(writer, { ...FIVE, at: 5_000 }), []);
});

Deno.test("ReportWriter: writes no diagram unless asked to", () => {
  assertEquals(dump(new ReportWriter({ d2: false }), FIVE), ["peers.json"]);
});

Deno.test("ReportWriter: writes the file that changed, and it alone", () => {
  const writer = new ReportWriter({ d2: true });
  dump(writer, FIVE);
  assertEquals(dump(writer, { ...FIVE, links: [] }), ["peers.d2"]);
  assertEquals(dump(writer, { ...FIVE, links: [], peers: [] }), ["peers.json"]);
});

Deno.test("ReportWriter: does not offer a file again while its write is under way", () => {
  const writer = new ReportWriter({ d2: false });
  const [first] = writer.render(FIVE);
  assertEquals(writer.render(ALONE), []);
  writer.written("peers.json", first?.text ?? "");
  assertEquals(writer.render(ALONE).map(({ text }) => text), ["[]\n"]);
});

Deno.test("ReportWriter: offers a file that failed at the next dump, even with the text it had before", () => {
  const writer = new ReportWriter({ d2: false });
  dump(writer, FIVE);
  const [changed] = writer.render(ALONE);
  writer.written("peers.json", changed?.text ?? "", "no space left on device");
  assertEquals(writer.render(FIVE).map(({ name }) => name), ["peers.json"]);
});

Deno.test("ReportWriter: tells of a failure once, until the file can be written again", () => {
  const writer = new ReportWriter({ d2: true });
  const told = (error?: string) =>
    writer.render(FIVE).filter(({ name }) => name === "peers.json")
      .flatMap(({ name, text }) => writer.written(name, text, error));
  assertEquals(told("read-only file system"), [
    { type: "report-failed", file: "peers.json", reason: "read-only file system" },
  ]);
  assertEquals(told("no space left on device"), []);
  assertEquals(told(), [{ type: "report-recovered", file: "peers.json" }]);
  assertEquals(told(), []);
});

Deno.test("ReportWriter: tells of a second failure after a recovery", () => {
  const writer = new ReportWriter({ d2: false });
  const types = ["broken", undefined, "broken again"].flatMap((error, at) =>
    writer.render(at % 2 === 0 ? FIVE : ALONE)
      .flatMap(({ name, text }) => writer.written(name, text, error))
      .map(({ type }) => type)
  );
  assertEquals(types, ["report-failed", "report-recovered", "report-failed"]);
});

Deno.test("ReportWriter: keeps the trouble of one file from the other", () => {
  const writer = new ReportWriter({ d2: true });
  const [json, d2] = writer.render(FIVE);
  writer.written("peers.json", json?.text ?? "", "permission denied");
  assertEquals(writer.written("peers.d2", d2?.text ?? ""), []);
  assertEquals(writer.render(FIVE).map(({ name }) => name), ["peers.json"]);
});
