/**
 * The echo server: tells whoever sends it a datagram what address that came from, which behind a NAT is
 * not the one that the sender knows.
 *
 * Whatever the datagram holds, it is answered, but for one thing: an address by itself is what another
 * echo server answers. Were it answered in turn, one datagram with a forged sender would have two
 * servers talk to each other for ever.
 */

import { type Address, splitAddress } from "../base/address.ts";
import { encodeEcho, readEcho } from "./rendezvous_protocol.ts";
import { ChainProtocolError } from "./protocol_error.ts";

/** What to answer to a datagram from `from`; undefined for silence. */
export function answerEcho(from: Address, bytes: Uint8Array): Uint8Array | undefined {
  // Nobody can be answered at port 0, which only a forger sends from.
  return splitAddress(from).port === 0 || isAnswer(bytes) ? undefined : encodeEcho(from);
}

function isAnswer(bytes: Uint8Array): boolean {
  try {
    readEcho(bytes);
    return true;
  } catch (error) {
    if (error instanceof ChainProtocolError) return false;
    throw error;
  }
}
