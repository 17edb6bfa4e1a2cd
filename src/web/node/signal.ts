/**
 * Signals: what two browsers tell each other through the network before they can connect. They travel in
 * sealed letters, so who sent one is proven; what is in it is that node's word and no more.
 *
 *     [1, session, sdp]          offer   begins a session, whose 16 bytes the dialler chose
 *     [2, session, sdp]          answer
 *     [3, session, candidates]   candidates that were found later, each [candidate, mid, line]
 *     [4, session, reason]       end     of a session that has not led to a connection
 *
 * Descriptions are those of WebRTC (RFC 8829) for one data channel and nothing else.
 */

import { encodeUtf8 } from "../../base/bytes.ts";
import { decodeItem, encodeItem, Fields } from "../../wire/cbor.ts";
import { WireError } from "../../wire/error.ts";

/** Bytes of a signal. */
export const MAX_SIGNAL_BYTES = 16_384;

/** Bytes of a description in UTF-8; one for a data channel takes 2 KB with many candidates. */
const MAX_SDP_BYTES = 12_288;

const SESSION_BYTES = 16;
const MAX_CANDIDATES = 16;
const MAX_CANDIDATE_BYTES = 512;
const MAX_MID_BYTES = 64;
const MAX_LINE = 255;

/** Why a session ends before there is a connection, by the numbers that stand for it. */
export const END_REASONS = [
  /** The dialler does not want it any more. */
  "given-up",
  /** Nobody listens. */
  "refused",
  /** Too many are connecting. */
  "busy",
] as const;

export type EndReason = typeof END_REASONS[number];

/** Where an end may be reached. */
export interface Candidate {
  candidate: string;
  sdpMid: string;
  sdpMLineIndex: number;
}

/** One signal. `session` in hex. */
export type Signal =
  & { session: string }
  & (
    | { type: "offer" | "answer"; sdp: string }
    | { type: "candidates"; candidates: Candidate[] }
    | { type: "end"; reason: EndReason }
  );

const TYPES = ["offer", "answer", "candidates", "end"] as const;

/** The bytes of a signal; undefined when it is larger than may be sent. */
export function encodeSignal(signal: Signal): Uint8Array | undefined {
  const head = [TYPES.indexOf(signal.type) + 1, Uint8Array.fromHex(signal.session)];
  const bytes = encodeItem([...head, contentOf(signal)]);
  const isTooLarge = "sdp" in signal && encodeUtf8(signal.sdp).length > MAX_SDP_BYTES;
  return isTooLarge || bytes.length > MAX_SIGNAL_BYTES ? undefined : bytes;
}

function contentOf(signal: Signal): unknown {
  switch (signal.type) {
    case "offer":
    case "answer":
      return signal.sdp;
    case "candidates":
      return signal.candidates.map(({ candidate, sdpMid, sdpMLineIndex }) => [
        candidate,
        sdpMid,
        sdpMLineIndex,
      ]);
    case "end":
      return END_REASONS.indexOf(signal.reason);
    default:
      return signal satisfies never;
  }
}

/**
 * The signal that bytes hold.
 *
 * @throws {WireError} when they hold none
 */
export function decodeSignal(bytes: Uint8Array): Signal {
  if (bytes.length > MAX_SIGNAL_BYTES) {
    throw new WireError(`A signal of ${bytes.length} bytes, wanted at most ${MAX_SIGNAL_BYTES}`);
  }
  const fields = new Fields(decodeItem(bytes), "A signal");
  const type = TYPES[fields.uint("type", TYPES.length) - 1];
  const session = fields.bytes("session", SESSION_BYTES);
  if (session.length !== SESSION_BYTES) throw new WireError("A signal has a session too short");
  return { session: session.toHex(), ...readContent(type, fields) };
}

function readContent(type: typeof TYPES[number] | undefined, fields: Fields) {
  switch (type) {
    case "offer":
    case "answer":
      return { type, sdp: readDescription(fields) };
    case "candidates":
      return { type, candidates: fields.list("candidates", MAX_CANDIDATES, readCandidate) };
    case "end": {
      const reason = END_REASONS[fields.uint("reason", END_REASONS.length - 1)] ?? "given-up";
      return { type, reason };
    }
    default:
      throw new WireError("A signal has type 0, wanted 1 to 4");
  }
}

/** A browser would answer a description of cameras and microphones as readily. */
function readDescription(fields: Fields): string {
  const sdp = fields.text("sdp", MAX_SDP_BYTES);
  const media = sdp.match(/^m=\w*/gm) ?? [];
  if (media.length === 1 && media[0] === "m=application") return sdp;
  throw new WireError(`A signal describes ${media.length} media, wanted one data channel`);
}

function readCandidate(list: Fields): Candidate {
  const fields = list.nested("candidate");
  return {
    candidate: fields.text("candidate", MAX_CANDIDATE_BYTES),
    sdpMid: fields.text("mid", MAX_MID_BYTES),
    sdpMLineIndex: fields.uint("line", MAX_LINE),
  };
}
