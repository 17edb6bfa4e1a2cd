import { assertEquals, assertStringIncludes } from "@std/assert";
import { areaNet } from "../../../src/cli/area_net.ts";
import { MAX_MESSAGE_BYTES } from "../../../src/control/methods.ts";
import { FakeClient } from "../fake_client.ts";
import { FakeHost } from "../fake_host.ts";
import { ALICE, ANSWERS, ERIN } from "../node_answers.ts";
import { SHIPPED_FILES } from "../shipped_files.ts";

/** What the node is asked for by these words and this standard input. */
async function paramsOf(
  args: readonly string[],
  input: string | Uint8Array = "",
): Promise<unknown> {
  const { host, client } = bob();
  host.input = input;
  assertEquals(await areaNet(["-p", "bob", ...args], host), 0, host.stderr);
  return client.calls[0]?.params;
}

function bob(client = new FakeClient(ANSWERS)): { host: FakeHost; client: FakeClient } {
  const host = new FakeHost(SHIPPED_FILES);
  host.sockets.set("profiles/bob/control.sock", client);
  return { host, client };
}

Deno.test("send: words are joined by single spaces, as they were given", async () => {
  const cases: [args: string[], text: string][] = [
    [["hello", "there"], "hello there"],
    [["hello  there", " x "], "hello  there  x "],
    [["--trace", "--", "--trace", "-x"], "--trace -x"],
    [[""], ""],
    [["1e3", "007", "true"], "1e3 007 true"],
    [["größer", "👩‍👩‍👧", "\ud800"], "größer 👩‍👩‍👧 \ud800"],
  ];
  for (const [args, text] of cases) {
    assertEquals(await paramsOf(["send", "erin", ...args]), { peer: "erin", text });
    const [first, ...rest] = args;
    // That one is not for broadcast.
    const words = first === "--trace" ? rest : args;
    assertEquals(await paramsOf(["broadcast", ...words]), { text });
  }
});

Deno.test("send: without words standard input is the text, whole and as it is", async () => {
  for (const text of ["hello\n", "\ufeffmarked\r\n", "x".repeat(MAX_MESSAGE_BYTES), "a\0b"]) {
    assertEquals(await paramsOf(["send", "erin"], text), { peer: "erin", text });
    assertEquals(await paramsOf(["broadcast"], text), { text });
  }
});

Deno.test("send: standard input that is no text is sent as data", async () => {
  const bytes = Uint8Array.of(0xff, 0, 0x80);
  assertEquals(await paramsOf(["send", "erin"], bytes), { peer: "erin", data: "/wCA" });
});

Deno.test("send: a message may have as many bytes as fit, and not one more", async () => {
  const most = "ö".repeat(MAX_MESSAGE_BYTES / 2);
  assertEquals(await paramsOf(["send", "erin", most]), { peer: "erin", text: most });
  for (const [args, input] of [[[`${most}x`], ""], [[], `${most}x`]] as const) {
    const { host, client } = bob();
    host.input = input;
    assertEquals(await areaNet(["-p", "bob", "send", "erin", ...args], host), 2);
    assertStringIncludes(host.stderr, "A message has at most 1048576 bytes, and this one more");
    assertEquals(client.calls, []);
  }
});

Deno.test("send: --timeout is how long the node waits", async () => {
  const args = ["--timeout", "1.5s", "hello"];
  const wanted = { text: "hello", timeout_ms: 1500 };
  assertEquals(await paramsOf(["send", "erin", ...args]), { peer: "erin", ...wanted });
  assertEquals(await paramsOf(["broadcast", ...args]), wanted);
});

Deno.test("send: --trace names hops by their ids too where labels repeat", async () => {
  const twin = { ...ERIN, label: "alice" };
  const result = { to: twin, outcome: "delivered", path: [ALICE, twin], rtt_us: 87.2 };
  const { host } = bob(new FakeClient({ send: { result } }));
  await areaNet(["-p", "bob", "send", "erin", "x", "--trace"], host);
  assertEquals(
    host.stdout,
    "Delivered to alice (erinaaaa) in 87 µs\nalice (aliceaaa) → alice (erinaaaa)\n",
  );
});

Deno.test("broadcast: of many failures the first few are named, in one line", async () => {
  const failed = { to: ERIN, outcome: "no route" };
  const result = { delivered: 0, outcomes: new Array(1000).fill(failed) };
  const { host } = bob(new FakeClient({ broadcast: { result } }));
  assertEquals(await areaNet(["-p", "bob", "broadcast", "x"], host), 4);
  const named = new Array(5).fill("erin (erinaaaa): no route").join("; ");
  assertEquals(host.stderr, `Not delivered to ${named}; and 995 more\n`);
});
