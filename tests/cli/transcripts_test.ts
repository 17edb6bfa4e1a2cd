import { assertEquals } from "@std/assert";
import { METHODS } from "../../src/control/methods.ts";
import json from "./golden/node_commands.json.txt" with { type: "text" };
import text from "./golden/node_commands.text.txt" with { type: "text" };
import { ANSWERS } from "./node_answers.ts";
import { JSON_SCENES, play, TEXT_SCENES, transcript } from "./transcripts.ts";

Deno.test("transcripts: commands print for people what was found good", async () => {
  assertEquals(await transcript(TEXT_SCENES), text);
});

Deno.test("transcripts: commands print for programs what was found good", async () => {
  assertEquals(await transcript(JSON_SCENES), json);
});

Deno.test("transcripts: they show answers as a node gives them, of every method", () => {
  for (const [name, { result, event }] of Object.entries<Shapes>(METHODS)) {
    const answer: { result: unknown; events?: readonly unknown[] } = ANSWERS[name as Method];
    result.parse(answer.result);
    for (const each of answer.events ?? []) event?.parse(each);
    assertEquals(answer.events !== undefined, event !== undefined && name !== "map", name);
  }
  const shown = new Set(JSON_SCENES.map(({ method }) => method));
  assertEquals([...shown].sort(), Object.keys(METHODS).sort());
});

Deno.test("transcripts: what is printed for programs is the answer, a line each, with its version", async () => {
  for (const scene of JSON_SCENES) {
    const { result, events = [] } = scene.script ?? ANSWERS[scene.method];
    const lines = (await play(scene)).split("\n").filter((line) => line.startsWith("{"));
    assertEquals(
      lines.map((line) => JSON.parse(line)),
      [...events, result].map((answer) => ({ version: 1, ...answer })),
    );
  }
});

Deno.test("transcripts: nothing in them acts on a terminal", () => {
  assertEquals((text + json).match(/[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Bidi_Control}]/gu), null);
});

interface Shapes {
  result: { parse(value: unknown): unknown };
  event?: { parse(value: unknown): unknown };
}

type Method = keyof typeof METHODS;
