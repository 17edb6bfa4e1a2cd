/** Which addresses a rendezvous server introduces to others. */

import type { Address } from "../base/address.ts";
import { addressKind } from "./address_kind.ts";
import { ChainProtocolError } from "./protocol_error.ts";

/**
 * Makes sure that an address may be told to somebody else, who will send datagrams there.
 *
 * @param what names it, as in `Field head`
 * @param allowsPrivate whether all clients are known to be in the same private network
 * @throws {ChainProtocolError} when it may not
 */
export function expectIntroducible(what: string, address: Address, allowsPrivate: boolean): void {
  const kind = addressKind(address);
  if (kind === "unusable") {
    throw new ChainProtocolError(`${what} is ${address}, wanted the address of one machine`);
  }
  if (kind === "private" && !allowsPrivate) {
    throw new ChainProtocolError(
      `${what} is ${address}, wanted a public address: this server introduces no private ones`,
    );
  }
}
