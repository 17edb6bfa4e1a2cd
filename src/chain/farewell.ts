/** Says goodbye to one neighbour, until it has heard it or there is no use in going on. */

import type { Address } from "../base/address.ts";
import { equalBytes } from "../base/bytes.ts";
import type { Instant } from "../base/ports.ts";
import { encodeBye } from "./datagram.ts";
import type { Link } from "./link.ts";

const INTERVAL_MS = 150;
const ATTEMPTS = 6;

export class Farewell {
  readonly #ownToken: Uint8Array;
  readonly #address: Address;
  readonly #bytes: Uint8Array;
  readonly #emit: (to: Address, datagram: Uint8Array) => void;
  #sendAt: Instant;
  #left = ATTEMPTS;
  #isHeard = false;

  /** @param id under which those who were our neighbours find each other, where there are two */
  constructor(
    now: Instant,
    link: Link,
    id: Uint8Array | undefined,
    emit: (to: Address, datagram: Uint8Array) => void,
  ) {
    this.#ownToken = link.bond.ownToken;
    this.#address = link.address;
    this.#bytes = encodeBye(link.bond.theirToken, id);
    this.#emit = emit;
    this.#sendAt = now;
    this.handleTime(now);
  }

  isOver(now: Instant): boolean {
    return this.#isHeard || (this.#left === 0 && now >= this.#sendAt);
  }

  /** A BYE_ACK came, perhaps for this. */
  handleAck(token: Uint8Array): void {
    if (equalBytes(token, this.#ownToken)) this.#isHeard = true;
  }

  handleTime(now: Instant): void {
    if (this.#isHeard || now < this.#sendAt || this.#left === 0) return;
    this.#left--;
    this.#sendAt = now + INTERVAL_MS;
    this.#emit(this.#address, this.#bytes);
  }

  nextWakeup(): Instant | undefined {
    return this.#isHeard ? undefined : this.#sendAt;
  }
}
