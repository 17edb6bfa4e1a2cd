/** Frames and messages, encoded and decoded. */

import { type Address, parseAddress } from "../src/base/address.ts";
import { nodeIdFromBytes } from "../src/base/node_id.ts";
import { encodeFrame, FrameDecoder } from "../src/wire/frame.ts";
import { MAX_FRAME_BYTES } from "../src/wire/limits.ts";
import { encodeLinkMessage } from "../src/wire/link.ts";
import { decodeMessage } from "../src/wire/message.ts";
import {
  type Advertisement,
  decodeAdvertisement,
  encodeAdvertisement,
  encodeTopologyMessage,
} from "../src/wire/topology.ts";
import { perSecond, type Row } from "./measure.ts";

const ADDRESS: Address = parseAddress("[2001:db8::1]:8095");
const idOf = (byte: number) => nodeIdFromBytes(new Uint8Array(32).fill(byte));

/** Bytes of a public key of Ed25519: SPKI in DER. */
const ED25519_KEY_BYTES = 44;

const HELLO = {
  type: "hello" as const,
  introduction: {
    network: "area-net",
    id: idOf(1),
    instance: 0xdead_beef,
    label: "bob",
    addresses: [ADDRESS],
    capabilities: [],
    seenAt: ADDRESS,
    proof: new Uint8Array(32),
    successions: [],
  },
  wanted: true,
};

const ADVERTISEMENT: Advertisement = {
  id: idOf(1),
  sequence: 1_767_225_600_000,
  publicKey: new Uint8Array(ED25519_KEY_BYTES),
  label: "bob",
  addresses: [ADDRESS],
  left: false,
  sealingKey: new Uint8Array(32),
  links: Array.from({ length: 8 }, (_, at) => ({ peer: idOf(at), dialled: true, rttUs: 350 })),
  successions: [],
};

const SIGNATURE = new Uint8Array(64);

/** Messages per second, one core, frame and message together. */
export function codecRows(): Row[] {
  return [
    ...rowsOf("ping", () => encodeLinkMessage({ type: "ping", number: 12_345 })),
    ...rowsOf("hello", () => encodeLinkMessage(HELLO)),
    ...rowsOf("advertisement of 8 links", encodeCarried, decodeCarried),
  ];
}

function rowsOf(name: string, encode: () => Uint8Array, decode = decodeMessage): Row[] {
  const frame = encodeFrame(encode());
  const decoder = new FrameDecoder(MAX_FRAME_BYTES);
  const decodeFrame = () => {
    decoder.push(frame);
    decode(decoder.next() as Uint8Array);
  };
  const what = `${name}, ${frame.length} B`;
  return [
    { what: `Encode ${what}`, value: perSecond(() => encodeFrame(encode())), unit: "1/s" },
    { what: `Decode ${what}`, value: perSecond(decodeFrame), unit: "1/s" },
  ];
}

function encodeCarried(): Uint8Array {
  const body = encodeAdvertisement(ADVERTISEMENT);
  return encodeTopologyMessage({
    type: "advertisements",
    carried: [{ body, signature: SIGNATURE }],
  });
}

/** As a node does with news: the message, then what it carries. */
function decodeCarried(item: Uint8Array) {
  const message = decodeMessage(item);
  if (message.type === "advertisements") {
    for (const { body } of message.carried) decodeAdvertisement(body);
  }
  return message;
}
