import { assertEquals } from "@std/assert";
import { encodeUtf8 } from "../../src/base/bytes.ts";
import { LineMessages } from "../../src/chain/line_messages.ts";
import type { MemberId } from "../../src/chain/side.ts";
import { decodeStreamMessage } from "../../src/chain/stream_message.ts";

const [A, B] = ["000000000000000a" as MemberId, "000000000000000b" as MemberId];

Deno.test("LineMessages: numbers what is written", () => {
  const messages = new LineMessages();
  const content = encodeUtf8("x");
  for (const number of [1, 2, 3]) {
    const message = decodeStreamMessage(messages.write(A, content));
    assertEquals(message, { type: "line", author: A, number, content });
  }
});

Deno.test("LineMessages: each number of an author is new once, and older ones never", () => {
  const messages = new LineMessages();
  const met = [[A, 1], [A, 1], [A, 5], [A, 3], [B, 1], [A, 6], [B, 1]] as const;
  assertEquals(
    met.map(([author, number]) => messages.isNew(author, number)),
    [true, false, true, false, true, true, false],
  );
});

Deno.test("LineMessages: of a flood of authors it forgets the one that was silent for longest", () => {
  const messages = new LineMessages();
  messages.isNew(A, 1);
  messages.isNew(B, 1);
  for (let i = 0; i < 10_000; i++) {
    messages.isNew(i.toString(16).padStart(16, "f") as MemberId, 1);
    if (i % 1_000 === 0) messages.isNew(A, i + 2);
  }
  assertEquals(messages.isNew(A, 2), false);
  assertEquals(messages.isNew(B, 1), true);
});
