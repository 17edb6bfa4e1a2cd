import { assertEquals, assertRejects } from "@std/assert";
import { ControlClosed, ControlError, ControlUnreachable } from "../../src/control/client.ts";
import { LineClient } from "../../src/control/line_client.ts";

const PATH = "profiles/bob/control.sock";
const HELLO = { v: 1, hello: { id: "b", label: "bob", version: "0.1.0" } };

/** A client, what became of its beginning, and what it sent. */
class Rig {
  readonly sent: string[] = [];
  readonly failures: (ControlUnreachable | ControlError)[] = [];
  openings = 0;
  closings = 0;
  readonly client = new LineClient(PATH, {
    send: (bytes) => void this.sent.push(new TextDecoder().decode(bytes)),
    close: () => this.closings++,
  }, {
    opened: () => this.openings++,
    failed: (error) => this.failures.push(error),
  });

  /** Has lines come in, one after the other in one piece. */
  say(...lines: (object | string)[]): this {
    const texts = lines.map((line) => typeof line === "string" ? line : JSON.stringify(line));
    this.client.received(new TextEncoder().encode(texts.map((text) => `${text}\n`).join("")));
    return this;
  }
}

Deno.test("LineClient: is open once the node has said hello", () => {
  const rig = new Rig();
  assertEquals(rig.openings, 0);
  rig.say(HELLO);
  assertEquals([rig.openings, rig.client.hello, rig.failures], [1, HELLO.hello, []]);
});

Deno.test("LineClient: sends requests as lines and takes the answers", async () => {
  const { client, sent, say } = bound(new Rig().say(HELLO));
  const events: number[] = [];
  const following = client.call("inbox", { follow: true }, {
    onEvent: ({ at }) => events.push(at),
  });
  assertEquals(sent, ['{"v":1,"id":1,"method":"inbox","params":{"follow":true}}\n']);
  say({ v: 1, id: 1, event: { at: 5 } }, { v: 1, id: 1, result: { messages: [] } });
  assertEquals([await following, events], [{ messages: [] }, [5]]);
});

Deno.test("LineClient: answers to calls that are over, or never were, are dropped", async () => {
  const { client, say } = bound(new Rig().say(HELLO));
  const call = client.call("discover", {});
  say({ v: 1, id: 9, result: {} }, { v: 1, id: 1, result: { asked: 1 } }, {
    v: 1,
    id: 1,
    error: { code: "internal", message: "Too late" },
  });
  assertEquals(await call, { asked: 1 });
});

Deno.test("LineClient: what a later node says besides is no trouble", async () => {
  const { client, say } = bound(new Rig().say({ ...HELLO, motto: "more" }));
  const call = client.call("discover", {});
  say({ v: 1, id: 1, result: { asked: 1, more: true }, more: true });
  assertEquals((await call).asked, 1);
});

const STRANGERS = [
  "SSH-2.0-OpenSSH_9.2p1",
  "{}",
  '{"v":1}',
  '{"v":1,"hello":{"id":"b"}}',
  '{"v":1,"id":1,"result":{}}',
  '{"v":"1","hello":{"id":"b","label":"bob","version":"1"}}',
  "x".repeat(100_000),
];

for (const line of STRANGERS) {
  Deno.test(`LineClient: ${line.slice(0, 50)} is said by no node`, () => {
    const { failures, openings, closings } = new Rig().say(line, HELLO);
    assertEquals(failures.map((each) => each instanceof ControlUnreachable && each.kind), [
      "not-a-node",
    ]);
    assertEquals([openings, closings], [0, 1]);
  });
}

Deno.test("LineClient: a node of another version is told from none", () => {
  const { failures, openings } = new Rig().say({ v: 2, welcome: "in other words" });
  const [error] = failures;
  assertEquals(error instanceof ControlUnreachable && [error.kind, error.path], ["version", PATH]);
  assertEquals(
    error?.message,
    "The node at profiles/bob/control.sock speaks version 2 of the control protocol, this program " +
      "version 1: use the program that the node runs",
  );
  assertEquals(openings, 0);
});

Deno.test("LineClient: a node without room for one more program says so itself", () => {
  const error = { code: "busy", message: "The node serves 64 programs already" } as const;
  const { failures } = new Rig().say({ v: 1, id: null, error });
  assertEquals(failures.map((each) => each instanceof ControlError && each.fault), [error]);
});

Deno.test("LineClient.ended: before the hello it was no node", () => {
  const rig = new Rig();
  rig.client.ended("It said nothing for 2 s");
  rig.client.ended("It ended the connection");
  assertEquals(rig.failures.map(({ message }) => message), [
    "What answers at profiles/bob/control.sock is no node of area-net: It said nothing for 2 s",
  ]);
});

Deno.test("LineClient.ended: rejects what is under way, with the node's last words if it had any", async () => {
  const silent = new Rig().say(HELLO);
  const call = silent.client.call("status", {});
  silent.client.ended("The node ended the connection");
  await assertRejects(() => call, ControlClosed, "The node ended the connection");
  const outspoken = new Rig().say(HELLO);
  const other = outspoken.client.call("status", {});
  outspoken.say({ v: 1, id: null, error: { code: "bad-request", message: "A line is too long" } });
  outspoken.client.ended("The node ended the connection");
  await assertRejects(() => other, ControlClosed, "A line is too long");
});

for (
  const line of ["garbage", "[]", '{"v":2,"id":1,"result":{}}', '{"v":1,"id":"1","result":{}}']
) {
  Deno.test(`LineClient: ends the connection at ${line}`, async () => {
    const rig = new Rig().say(HELLO);
    const call = rig.client.call("status", {});
    rig.say(line, { v: 1, id: 1, result: {} });
    await assertRejects(() => call, ControlClosed, "not understood");
    assertEquals(rig.closings, 1);
  });
}

Deno.test("LineClient.close: ends the connection once, and what comes then is dropped", async () => {
  const rig = new Rig().say(HELLO);
  const call = rig.client.call("status", {});
  rig.client.close();
  rig.client.close();
  rig.say({ v: 1, id: 1, result: {} });
  await assertRejects(() => call, ControlClosed);
  assertEquals([rig.closings, rig.failures], [1, []]);
});

function bound(rig: Rig) {
  return { client: rig.client, sent: rig.sent, say: rig.say.bind(rig) };
}
