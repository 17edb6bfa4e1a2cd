import { assertEquals, assertThrows } from "@std/assert";
import { concatBytes, decodeUtf8, encodeUtf8 } from "../../src/base/bytes.ts";
import { writeUint32 } from "../../src/chain/binary.ts";
import { MessageAssembler } from "../../src/chain/message_assembler.ts";
import { ChainProtocolError } from "../../src/chain/protocol_error.ts";

const TEXTS = ["one", "", "three three three", "4"];
const STREAM = concatBytes(TEXTS.flatMap((text) => framed(encodeUtf8(text))));

function framed(message: Uint8Array): Uint8Array[] {
  const length = new Uint8Array(4);
  writeUint32(length, 0, message.length);
  return [length, message];
}

function texts(pieces: readonly Uint8Array[]): string[] {
  const assembler = new MessageAssembler(100);
  const texts: string[] = [];
  for (const piece of pieces) {
    assembler.push(piece, (message) => texts.push(decodeUtf8(message)));
    // They may be changed afterwards.
    piece.fill(0xff);
  }
  return texts;
}

Deno.test("MessageAssembler: finds the messages however the stream is cut", () => {
  assertEquals(texts([STREAM.slice()]), TEXTS);
  assertEquals(texts([...STREAM].map((byte) => Uint8Array.of(byte))), TEXTS);
  for (let at = 0; at <= STREAM.length; at++) {
    assertEquals(texts([STREAM.slice(0, at), STREAM.slice(at)]), TEXTS);
  }
});

Deno.test("MessageAssembler: keeps what has come, and not what was promised", () => {
  const assembler = new MessageAssembler(1_000);
  const [length] = framed(new Uint8Array(1_000));
  assembler.push(length ?? new Uint8Array(0), () => {});
  assertEquals(assembler.heldBytes, 0);
  assembler.push(new Uint8Array(10), () => {});
  assertEquals(assembler.heldBytes, 10);
});

Deno.test("MessageAssembler: refuses one that is too long as soon as its length is known", () => {
  const assembler = new MessageAssembler(100);
  const [length] = framed(new Uint8Array(101));
  assertThrows(
    () => assembler.push(length ?? new Uint8Array(0), () => {}),
    ChainProtocolError,
    "A message has 101 bytes, wanted at most 100",
  );
});
