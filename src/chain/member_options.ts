/** What a member is made of. */

import type { Address } from "../base/address.ts";
import { encodeUtf8 } from "../base/bytes.ts";
import type { Random } from "../base/random.ts";
import { MAX_TEXT_BYTES } from "./binary.ts";
import type { LinkOptions } from "./link.ts";

/** How a member is set up. */
export interface MemberOptions {
  /** For delays alone. */
  random: Random;
  /** Fresh bytes that nobody can guess: ids, and the tokens that keep strangers out. */
  secretBytes: (length: number) => Uint8Array;
  /** Shown to people, at most 64 bytes of UTF-8. */
  label: string;
  /** Where the echo server answers, by number: names are looked up by the owner. */
  echo: Address;
  /** Whether introductions to private addresses are followed. Default: no. */
  allowsPrivate?: boolean;
  /**
   * Milliseconds between keep-alives. Default: 1000. Fewer notice a loss more surely, and cost a datagram
   * each.
   */
  keepAliveMs?: number;
  /** Milliseconds of silence after which a neighbour is lost, three keep-alives at least. Default: 3000. */
  lostAfterMs?: number;
}

/**
 * The times of links that the options ask for.
 *
 * @throws {RangeError} when an option cannot be used
 */
export function linkOptionsOf(options: MemberOptions): LinkOptions {
  const { label, keepAliveMs = 1_000, lostAfterMs = 3_000 } = options;
  if (encodeUtf8(label).length > MAX_TEXT_BYTES) {
    throw new RangeError(
      `The label "${label}" is too long, wanted at most ${MAX_TEXT_BYTES} bytes`,
    );
  }
  if (!(keepAliveMs > 0) || !(lostAfterMs >= 3 * keepAliveMs) || !(lostAfterMs < Infinity)) {
    throw new RangeError(
      `A neighbour is lost after ${lostAfterMs} ms with a keep-alive every ${keepAliveMs} ms, ` +
        "wanted three keep-alives at least, and an end",
    );
  }
  return { keepAliveMs, lostAfterMs };
}
