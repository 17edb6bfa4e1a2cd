import type { Address } from "../base/address.ts";
import type { ConnectionError } from "../base/ports.ts";

/** An address could not be listened on. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  readonly error: ConnectionError;
  readonly address: Address;

  constructor(error: ConnectionError, address: Address) {
    super(`Could not listen on ${address}: ${error.detail}`);
    this.error = error;
    this.address = address;
  }
}
