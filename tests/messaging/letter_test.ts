import { assert, assertEquals } from "@std/assert";
import { concatBytes, encodeUtf8 } from "../../src/base/bytes.ts";
import { randomInt, SeededRandom } from "../../src/base/random.ts";
import { CONTENTS_OVERHEAD, CONTENTS_ROOM, Letter } from "../../src/messaging/letter.ts";
import type { Content } from "../../src/messaging/outcome.ts";
import {
  MAX_CONTENTS_BYTES,
  MAX_MESSAGE_BYTES,
  MAX_RECORDS,
  MAX_SEQUENCE,
  MAX_SERVICE_BYTES,
} from "../../src/wire/limits.ts";
import { type ContentRecord, encodeContents } from "../../src/wire/messaging.ts";

function letter(content: Content): Letter {
  return new Letter("message", content, 1_000, 1);
}

/** All records of a letter, one for each envelope. */
function recordsOf(of: Letter, room: () => number = () => CONTENTS_ROOM): ContentRecord[] {
  const records: ContentRecord[] = [];
  for (let sequence = 0; of.isUnsealed; sequence++) {
    const taken = of.take(sequence, room());
    if (taken !== undefined) records.push(taken.record);
  }
  return records;
}

/** What stands in the records of a message in pieces. */
function joined(records: readonly ContentRecord[]): Uint8Array {
  return concatBytes(records.flatMap((record) => "piece" in record ? [record.piece] : []));
}

Deno.test("Letter: what fits travels as it is, in one record", () => {
  for (
    const content of ["", "short", "€".repeat(4_096), new Uint8Array(0), new Uint8Array(60_000)]
  ) {
    assertEquals(recordsOf(letter(content)), [{ type: "message", content }]);
  }
});

Deno.test("Letter: a long text travels as its bytes, in one piece where that fits", () => {
  const text = "é".repeat(5_000);
  const piece = encodeUtf8(text);
  assertEquals(recordsOf(letter(text)), [{ type: "first", size: 10_000, isText: true, piece }]);
});

Deno.test("Letter: probes and greetings hold nothing, whatever they were made with", () => {
  for (const kind of ["probe", "greeting"] as const) {
    const made = new Letter(kind, "", 1_000);
    assertEquals(recordsOf(made), [{ type: kind }]);
    assertEquals(made.lastSequence, 0);
  }
});

Deno.test("Letter: to a part of the node it is one record, never in pieces", () => {
  const content = new Uint8Array(MAX_SERVICE_BYTES).fill(7);
  const made = new Letter("dht", content, 1_000);
  assertEquals(made.take(0, CONTENTS_ROOM - 1_000), undefined);
  assertEquals(made.take(0, CONTENTS_ROOM)?.record, { type: "service", service: "dht", content });
  assertEquals(made.lastSequence, 0);
});

Deno.test("Letter: its pieces make it up, whatever room each envelope has", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = new SeededRandom(seed);
    const bytes = Uint8Array.from({ length: 100_000 + randomInt(random, 200_000) }, (_, at) => at);
    const made = letter(bytes);
    const records = recordsOf(made, () => randomInt(random, CONTENTS_ROOM));
    assertEquals(joined(records), bytes, `seed ${seed}`);
    const [first, ...rest] = records;
    assert(first?.type === "first" && first.size === bytes.length && !first.isText);
    assert(rest.every(({ type }) => type === "next"));
    // No piece but the last is small.
    const sizes = records.map((record) => "piece" in record ? record.piece.length : 0);
    assert(sizes.slice(0, -1).every((size) => size >= 4_096), `seed ${seed}`);
  }
});

Deno.test("Letter: takes no more room than there is, and says how much", () => {
  for (const content of ["text", "€".repeat(4_000), new Uint8Array(80_000), "x".repeat(90_000)]) {
    for (const room of [0, 1, 15, 16, 17, 100, 4_000, 4_111, 4_112, 12_016, 60_000]) {
      const taken = letter(content).take(0, room);
      if (taken === undefined) continue;
      assert(taken.bytes <= room, `${room}`);
      const bare = encodeContents({ more: false, floor: 0, records: [] })[0]?.length ?? 0;
      const full = concatBytes(encodeContents({ more: false, floor: 0, records: [taken.record] }));
      assert(full.length - bare <= taken.bytes, `${full.length - bare} above ${taken.bytes}`);
    }
  }
});

Deno.test("Letter: rewound it is sent from the start", () => {
  const made = letter(new Uint8Array(200_000));
  made.take(0, CONTENTS_ROOM);
  made.take(1, CONTENTS_ROOM);
  made.isRefused = true;
  made.rewind();
  assertEquals([made.isUnsealed, made.isRefused], [true, false]);
  const [first] = recordsOf(made);
  assertEquals(first?.type, "first");
  made.rewind();
  assertEquals(made.lastSequence, undefined);
});

Deno.test("Letter: knows the envelope that holds its end", () => {
  const made = letter(new Uint8Array(150_000));
  const sequences: (number | undefined)[] = [];
  for (let sequence = 10; made.isUnsealed; sequence++) {
    made.take(sequence, CONTENTS_ROOM);
    sequences.push(made.lastSequence);
  }
  assertEquals(sequences, [undefined, undefined, 12]);
});

Deno.test("Letter: the fullest envelopes of all kinds keep to their size", () => {
  const sizes = {
    texts: Array.from({ length: MAX_RECORDS }, () => ""),
    words: Array.from({ length: 2_000 }, () => "€".repeat(5)),
    pages: Array.from({ length: 6 }, () => "€".repeat(3_600)),
    data: [new Uint8Array(CONTENTS_ROOM - 16)],
    pieces: [new Uint8Array(MAX_MESSAGE_BYTES)],
  };
  for (const [name, contents] of Object.entries(sizes)) {
    let room = CONTENTS_ROOM;
    const records: ContentRecord[] = [];
    for (const content of contents) {
      const taken = letter(content).take(0, room);
      if (taken === undefined) break;
      room -= taken.bytes;
      records.push(taken.record);
    }
    const pieces = encodeContents({ more: true, floor: MAX_SEQUENCE, records });
    const { length } = concatBytes(pieces);
    assert(length <= MAX_CONTENTS_BYTES, `${name}: ${length}`);
  }
  assertEquals(CONTENTS_ROOM + CONTENTS_OVERHEAD, MAX_CONTENTS_BYTES);
});
