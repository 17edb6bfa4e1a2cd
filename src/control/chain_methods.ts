/**
 * What a member of a line can be asked over its control socket, as `methods.ts` says it of nodes. The
 * version of the protocol is the same, and so is everything else about requests and replies.
 */

import * as z from "zod";
import type { MethodTable } from "./method_table.ts";

/** Most bytes of a message: as many as the members pass on. */
export { MAX_CHAIN_MESSAGE_BYTES } from "../chain/stream_message.ts";

const addr = z.string().describe("[addr]:port or host:port");
const count = z.int().nonnegative();
const durationMs = z.number().nonnegative().describe("Milliseconds");
const timeMs = z.number().describe("Milliseconds since 1970");

const entry = z.strictObject({
  id: z.string().describe("16 hexadecimal digits, drawn anew whenever the member joins"),
  label: z.string().describe("What the member calls itself; not unique"),
});

const side = z.strictObject({
  state: z.enum(["free", "linking", "mending", "up", "silent"])
    .describe("free: an end of the line; mending: whoever is behind the lost one is looked for"),
  neighbour: entry.nullable().describe("While there is one"),
  lost: entry.nullable().describe("While mending: who was there"),
  addr: addr.nullable(),
  rtt_us: z.number().nonnegative().nullable().describe("Microseconds; null while unmeasured"),
  up_ms: durationMs.nullable().describe("Since the link was made"),
  heard_ms: durationMs.nullable().describe("Since the neighbour was heard"),
  link: z.string().nullable().describe("Names the link, the same at both of its ends"),
  queued_bytes: count.describe("Of messages that the neighbour has not acknowledged"),
});

const message = z.strictObject({
  from: entry.describe("Who said it, as far as the neighbours tell the truth"),
  side: z.enum(["head", "tail"]).describe("Where it came from"),
  text: z.string().optional().describe("The text of the message"),
  data: z.string().optional().describe("Base64, in place of the text, where it is none"),
  at: timeMs,
});

/** Every method by its name. */
export const CHAIN_METHODS = {
  status: {
    help: "the member, its neighbours, and the line as far as it is known",
    params: z.strictObject({}),
    result: z.strictObject({
      ...entry.shape,
      phase: z.enum(["starting", "joining", "in-line", "leaving", "left"]),
      addresses: z.strictObject({ head: addr.nullable(), tail: addr.nullable() })
        .describe("Where the two sockets are reached, as the echo server says"),
      registered: z.boolean().describe("Whether the next one to come is put behind this member"),
      head: side.describe("Towards those who came later"),
      tail: side.describe("Towards those who came earlier"),
      line: z.array(entry).describe("The earliest first, this member among them"),
      position: count.describe("Of this member in line, from 0"),
    }),
  },
  say: {
    help: "send a message to the whole line",
    params: z.strictObject({
      text: z.string().optional(),
      data: z.base64().optional().describe("Bytes in base64, in place of a text"),
    }),
    result: z.strictObject({ members: count.describe("Others in the line, as far as known") }),
  },
  listen: {
    help: "what is said to the whole line, as it comes",
    params: z.strictObject({}),
    result: z.strictObject({}),
    event: message,
  },
  leave: {
    help: "say goodbye to both neighbours and end the member",
    params: z.strictObject({}),
    result: z.strictObject({ neighbours: count.describe("Told of it") }),
  },
} as const satisfies MethodTable;

/** What a member of a line can be asked. */
export type ChainMethods = typeof CHAIN_METHODS;
