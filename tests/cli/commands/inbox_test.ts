import { assertEquals } from "@std/assert";
import { areaNet } from "../../../src/cli/area_net.ts";
import { messageCells } from "../../../src/cli/inbox_text.ts";
import { FakeClient } from "../fake_client.ts";
import { FakeHost } from "../fake_host.ts";
import { ALICE, AT, ERIN } from "../node_answers.ts";
import { SHIPPED_FILES } from "../shipped_files.ts";

Deno.test("inbox: --follow prints messages as they come, until Ctrl-C", async () => {
  const host = new FakeHost(SHIPPED_FILES);
  const client = new FakeClient({ inbox: { result: { messages: [] }, goesOn: true } });
  host.sockets.set("profiles/bob/control.sock", client);
  const ended = areaNet(["-p", "bob", "inbox", "--follow"], host);
  await client.asked("inbox");
  for (const text of ["one", "two\nlines"]) {
    client.tell("inbox", { from: ERIN, text, at: AT });
    assertEquals(
      host.stdout.endsWith(`  erin (erinaaaa)  ${text.replace("\n", "\\u{a}")}\n`),
      true,
    );
  }
  host.interruptions.press();
  assertEquals(await ended, 0);
  assertEquals([host.stdout.match(/\n/g)?.length, host.stderr, client.isClosed], [2, "", true]);
});

Deno.test("inbox: data is told by its size, and a text by its words", () => {
  const cases: [content: { text?: string; data?: string }, words: string][] = [
    [{ data: "" }, "(0 B of data)"],
    [{ data: "AA==" }, "(1 B of data)"],
    [{ data: "AAA=" }, "(2 B of data)"],
    [{ data: "AAAA" }, "(3 B of data)"],
    [{ text: "" }, ""],
    [{ text: "hello\r\n" }, "hello"],
    [{ text: "\n\n" }, "\\u{a}"],
    [{}, ""],
  ];
  for (const [content, words] of cases) {
    assertEquals(messageCells({ from: ALICE, at: AT, ...content })[2], words);
  }
});
