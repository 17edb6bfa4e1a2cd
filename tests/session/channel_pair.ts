/** Two ends of a secure channel, and somebody in between who hands over their messages, or others. */

import { assert } from "@std/assert";
import { concatBytes } from "../../src/base/bytes.ts";
import type { Crypto, Signer } from "../../src/base/ports.ts";
import {
  type ChannelEvent,
  type ChannelOptions,
  SecureChannel,
} from "../../src/session/secure_channel.ts";

/** What the stories are told with. */
export interface ChannelRig {
  crypto: Crypto;
  alice: Signer;
  bob: Signer;
  mallory: Signer;
}

/** One end, and all that it was told and said. */
export class ChannelEnd {
  readonly channel: SecureChannel;
  readonly events: ChannelEvent[] = [];
  readonly said: Uint8Array[] = [];

  constructor(channel: SecureChannel) {
    this.channel = channel;
    this.#collect();
  }

  static dial(crypto: Crypto, signer: Signer): ChannelEnd {
    return new ChannelEnd(SecureChannel.dial({ crypto, signer }));
  }

  static accept(crypto: Crypto, signer: Signer): ChannelEnd {
    return new ChannelEnd(SecureChannel.accept({ crypto, signer }));
  }

  /** Who the far end is, once that is proven. */
  get opened(): Extract<ChannelEvent, { type: "opened" }> | undefined {
    return this.events.find((event) => event.type === "opened");
  }

  /** The bytes that came. */
  get bytes(): Uint8Array {
    return concatBytes(
      this.events.flatMap((event) => event.type === "bytes" ? [event.bytes] : []),
    );
  }

  /** The messages that it says to what comes in. */
  hear(...messages: readonly Uint8Array[]): Uint8Array[] {
    const before = this.said.length;
    for (const message of messages) {
      this.channel.receive(message);
      this.#collect();
    }
    return this.said.slice(before);
  }

  /** The messages that carry `bytes`. */
  say(bytes: Uint8Array): Uint8Array[] {
    this.channel.send(bytes);
    const before = this.said.length;
    this.#collect();
    return this.said.slice(before);
  }

  #collect(): void {
    this.said.push(...this.channel.takeMessages());
    this.events.push(...this.channel.takeEvents());
  }
}

/** An open channel from Alice to Bob, and the three messages that opened it. */
export interface OpenChannel {
  alice: ChannelEnd;
  bob: ChannelEnd;
  handshake: readonly [hello: Uint8Array, answer: Uint8Array, proof: Uint8Array];
}

/** Alice dials Bob, and nobody meddles. */
export function openChannel({ crypto, alice, bob }: ChannelRig): OpenChannel {
  return connect({ crypto, signer: alice }, { crypto, signer: bob });
}

/** One end dials the other, and nobody meddles. */
export function connect(dialler: ChannelOptions, accepter: ChannelOptions): OpenChannel {
  const alice = ChannelEnd.dial(dialler.crypto, dialler.signer);
  const bob = ChannelEnd.accept(accepter.crypto, accepter.signer);
  const hello = one(alice.said);
  const answer = one(bob.hear(hello));
  const proof = one(alice.hear(answer));
  assert(bob.hear(proof).length === 0, "nothing is left to say");
  return { alice, bob, handshake: [hello, answer, proof] };
}

/** The only one of them. */
export function one<T>(items: readonly T[]): T {
  const [item, ...others] = items;
  assert(item !== undefined && others.length === 0, `there are ${items.length}, wanted one`);
  return item;
}

/** A crypto that does all as another does, but for some methods. */
export function cryptoWith(crypto: Crypto, changes: Partial<Crypto>): Crypto {
  return new Proxy(crypto, {
    get(target, name: keyof Crypto) {
      const own = changes[name];
      return own ?? target[name].bind(target);
    },
  });
}
