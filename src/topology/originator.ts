/**
 * What this node says of itself, and when: its own links and addresses, signed, numbered by the time,
 * as soon as the throttle lets it out, and again before the last word grows too old.
 */

import type { Address } from "../base/address.ts";
import { earliest } from "../base/instant.ts";
import type { Instant, Signer } from "../base/ports.ts";
import type { Succession } from "../wire/succession.ts";
import { type Advertisement, encodeAdvertisement } from "../wire/topology.ts";
import type { StoredAdvertisement } from "./database.ts";
import { OwnLinks } from "./own_links.ts";
import { Throttle } from "./throttle.ts";

/** Who speaks. */
export interface OriginatorOptions {
  signer: Signer;
  /** Changes of this node's key, the newest last. */
  successions: readonly Succession[];
  /** Public key to which messages for this node are sealed. */
  sealingKey: Uint8Array;
  label: string;
  /** How often to say it again without a change, in milliseconds. */
  renewMs: number;
  /** By how much others let this node's clock be ahead of theirs, in milliseconds. */
  maxSkewMs: number;
}

/** First and longest hold between two own advertisements, in milliseconds. */
const THROTTLE = { holdMs: 100, maxHoldMs: 2_000 };

export class Originator {
  readonly links = new OwnLinks();
  readonly #options: OriginatorOptions;
  readonly #throttle = new Throttle(THROTTLE);
  #addresses: readonly Address[] = [];
  #sequence = 0;
  #hasLeft = false;
  #renewAt: Instant = -Infinity;

  constructor(options: OriginatorOptions) {
    this.#options = options;
  }

  /** The number of the last advertisement. */
  get sequence(): number {
    return this.#sequence;
  }

  /** When `isDue` may answer yes. */
  nextWakeup(): Instant | undefined {
    return this.#hasLeft ? undefined : earliest(this.#throttle.nextWakeup(), this.#renewAt);
  }

  /** Whether it is time for a new advertisement; a yes must be followed by `originate`. */
  isDue(now: Instant): boolean {
    if (this.#hasLeft) return false;
    if (now >= this.#renewAt) this.#throttle.want();
    return this.#throttle.take(now);
  }

  /** Whether the last advertisement is dated as nobody takes it, as after the clock has been set back. */
  isFromFuture(wallMs: number): boolean {
    return this.#sequence > wallMs + this.#options.maxSkewMs;
  }

  /** There is something new to say. */
  want(): void {
    this.#throttle.want();
  }

  /** Says at which addresses others can dial this node. */
  setAddresses(addresses: readonly Address[]): void {
    if (addresses.join() === this.#addresses.join()) return;
    this.#addresses = addresses;
    this.#throttle.want();
  }

  /** Somebody holds an advertisement from an earlier life: the next number is above it. */
  outbid(sequence: number): void {
    this.#sequence = Math.max(this.#sequence, sequence);
    this.#throttle.want();
  }

  /** From now on the node has left: one last advertisement, and no other. */
  leave(): void {
    this.#hasLeft = true;
  }

  /** A new advertisement. @param wallMs milliseconds since 1970 */
  originate(now: Instant, wallMs: number): StoredAdvertisement {
    const { signer, label, successions, sealingKey, renewMs } = this.#options;
    this.links.publish(now);
    this.#renewAt = now + renewMs;
    this.#sequence = this.#nextSequence(wallMs);
    const advertisement: Advertisement = {
      id: signer.id,
      sequence: this.#sequence,
      publicKey: signer.publicKey,
      label,
      addresses: this.#addresses,
      left: this.#hasLeft,
      links: this.#hasLeft ? [] : this.links.claims(),
      successions,
      sealingKey,
    };
    const body = encodeAdvertisement(advertisement);
    return { advertisement, body, signature: signer.sign(body) };
  }

  /**
   * The time, or one more than the last number. A last number that nobody can have taken, because it
   * was given while the clock was far ahead, does not count.
   */
  #nextSequence(wallMs: number): number {
    return Math.max(1, wallMs, this.isFromFuture(wallMs) ? 1 : this.#sequence + 1);
  }
}
