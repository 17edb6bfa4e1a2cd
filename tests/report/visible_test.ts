import { assertEquals } from "@std/assert";
import { nodeLabel, nodeName, visible } from "../../src/report/visible.ts";
import { id } from "./networks.ts";

Deno.test("visible: leaves what can be seen as it is, in every script", () => {
  for (const text of ["alice", "a \\ b", "Größe 東京", "שלום", "👩‍👩‍👧", "می‌خواهم"]) {
    assertEquals(visible(text), text);
  }
});

Deno.test("visible: writes out what would act instead of being seen", () => {
  const written: Record<string, string> = {
    "a\nb": "a\\u{a}b",
    "\r\t\0": "\\u{d}\\u{9}\\u{0}",
    "\x1b[31m": "\\u{1b}[31m",
    "\x7f\x9b": "\\u{7f}\\u{9b}",
    "\u2028\u2029": "\\u{2028}\\u{2029}",
    "\u202egnp.exe\u2066": "\\u{202e}gnp.exe\\u{2066}",
    "\ud800": "\\u{d800}",
    "\uffff\u{1fffe}": "\\u{ffff}\\u{1fffe}",
  };
  for (const [text, want] of Object.entries(written)) assertEquals(visible(text), want);
});

Deno.test("visible: changes nothing the second time", () => {
  const once = visible("a\n\u202e\\");
  assertEquals(visible(once), once);
});

Deno.test("nodeLabel: is the label, or the short id where the label is blank", () => {
  assertEquals(nodeLabel({ id: id("alice"), label: " Alice\n" }), "Alice");
  for (const label of ["", "  ", "\n"]) {
    assertEquals(nodeLabel({ id: id("alice"), label }), "aliceali");
  }
});

Deno.test("nodeName: adds the short id, which a label cannot take away", () => {
  assertEquals(nodeName({ id: id("alice"), label: "bob (bobbobbo)" }), "bob (bobbobbo) (aliceali)");
  assertEquals(nodeName({ id: id("alice"), label: "" }), "aliceali");
});
