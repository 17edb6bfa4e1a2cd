/** What a secure channel must do and must withstand, told with whichever crypto there is. */

import { assert, assertEquals, assertLess, assertMatch, assertThrows } from "@std/assert";
import type { Signer } from "../../src/base/ports.ts";
import { SeededRandom } from "../../src/base/random.ts";
import { ChannelError, MAX_CHANNEL_MESSAGE_BYTES } from "../../src/session/secure_channel.ts";
import { mutated, randomBytes } from "../fuzz/fuzz.ts";
import {
  ChannelEnd,
  type ChannelRig,
  connect,
  cryptoWith,
  one,
  openChannel,
} from "./channel_pair.ts";

/** Registers the stories. @param open makes a fresh rig for each */
export function testSecureChannel(name: string, open: () => ChannelRig): void {
  for (const [sentence, story] of Object.entries(STORIES)) {
    Deno.test(`SecureChannel over ${name}: ${sentence}`, () => story(open()));
  }
}

/** The largest piece of the bytes that one record holds. */
const MAX_RECORD_BYTES = MAX_CHANNEL_MESSAGE_BYTES - 16;

function noise(length: number): Uint8Array {
  const random = new SeededRandom(length);
  return Uint8Array.from({ length }, () => random.uint32());
}

/** Why an end refuses messages. It stays refused, and is not open any more. */
function refusal(end: ChannelEnd, ...messages: readonly Uint8Array[]): string {
  const error = assertThrows(() => end.hear(...messages), ChannelError);
  assertEquals(end.channel.isOpen, false);
  assertThrows(() => end.hear(...messages), ChannelError);
  assertThrows(() => end.channel.send(Uint8Array.of(1)), Error, "wanted it open");
  return error.message;
}

/** Bytes with the lowest bit of one of them flipped. */
function flipped(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.with(at, (bytes[at] ?? 0) ^ 1);
}

/** Messages too short or too long by one byte, or by all that there is. */
function misshapen(bytes: Uint8Array): Uint8Array[] {
  return [
    bytes.subarray(0, 0),
    bytes.subarray(0, 1),
    bytes.subarray(0, -1),
    bytes.subarray(1),
    Uint8Array.of(...bytes, 0),
    new Uint8Array(MAX_CHANNEL_MESSAGE_BYTES),
    new Uint8Array(MAX_CHANNEL_MESSAGE_BYTES + 1),
    new Uint8Array(2 ** 20),
  ];
}

const STORIES: Record<string, (rig: ChannelRig) => void> = {
  "each end learns who the other is, and both share a secret": (rig) => {
    const bindings = [openChannel(rig), openChannel(rig)].map(({ alice, bob }) => {
      assertEquals([alice.channel.isOpen, bob.channel.isOpen], [true, true]);
      assertEquals([alice.opened?.id, bob.opened?.id], [rig.bob.id, rig.alice.id]);
      assertEquals([alice.events.length, bob.events.length], [1, 1]);
      assertEquals(alice.opened?.binding.length, 32);
      assertEquals(alice.opened?.binding, bob.opened?.binding);
      return alice.opened?.binding.toHex();
    });
    assertEquals(new Set(bindings).size, 2);
  },

  "bytes arrive whole and in order, both ways, in messages that every data channel takes": (
    rig,
  ) => {
    const { alice, bob } = openChannel(rig);
    const sizes = [1, 2, MAX_RECORD_BYTES - 1, MAX_RECORD_BYTES, MAX_RECORD_BYTES + 1, 100_000];
    for (const [from, to] of [[alice, bob], [bob, alice]] as const) {
      const before = to.bytes.length;
      const sent = sizes.map(noise);
      for (const bytes of sent) {
        const messages = from.say(bytes);
        assertEquals(messages.length, Math.ceil(bytes.length / MAX_RECORD_BYTES));
        for (const { length } of messages) assertLess(length, MAX_CHANNEL_MESSAGE_BYTES + 1);
        to.hear(...messages);
      }
      assertEquals(to.bytes.subarray(before), Uint8Array.from(sent.flatMap((each) => [...each])));
    }
  },

  "of nothing nothing is sent": (rig) => {
    assertEquals(openChannel(rig).alice.say(new Uint8Array(0)), []);
  },

  "what was taken to send may be changed": (rig) => {
    const { alice, bob } = openChannel(rig);
    const bytes = Uint8Array.of(1, 2, 3);
    alice.channel.send(bytes);
    bytes.fill(9);
    bob.hear(...alice.channel.takeMessages());
    assertEquals(bob.bytes, Uint8Array.of(1, 2, 3));
  },

  "nothing can be sent before the far end has proven itself": (rig) => {
    const alice = ChannelEnd.dial(rig.crypto, rig.alice);
    const bob = ChannelEnd.accept(rig.crypto, rig.bob);
    const answer = one(bob.hear(one(alice.said)));
    for (const end of [alice, bob]) {
      assertEquals(end.channel.isOpen, false);
      assertThrows(() => end.channel.send(Uint8Array.of(1)), Error, "wanted it open");
    }
    const proof = one(alice.hear(answer));
    bob.hear(proof, ...alice.say(Uint8Array.of(5)));
    assertEquals(bob.bytes, Uint8Array.of(5));
  },

  "a node that dials itself learns so": (rig) => {
    const own = { crypto: rig.crypto, signer: rig.alice };
    const { alice, bob } = connect(own, own);
    assertEquals([alice.opened?.id, bob.opened?.id], [rig.alice.id, rig.alice.id]);
  },

  "no handshake in which a byte was altered opens at both ends": (rig) => {
    const { handshake } = openChannel(rig);
    for (const [number, { length }] of handshake.entries()) {
      for (let at = 0; at < length; at++) {
        const alice = ChannelEnd.dial(rig.crypto, rig.alice);
        const bob = ChannelEnd.accept(rig.crypto, rig.bob);
        const altered = (message: Uint8Array, which: number) =>
          which === number ? flipped(message, at) : message;
        assertThrows(() => {
          const answer = one(bob.hear(altered(one(alice.said), 0)));
          const proof = one(alice.hear(altered(answer, 1)));
          bob.hear(altered(proof, 2));
        }, ChannelError);
        assertEquals(bob.opened, undefined, `byte ${at} of message ${number}`);
        assertEquals(alice.opened !== undefined, number === 2);
      }
    }
  },

  "messages of a length that they cannot have are refused": (rig) => {
    const { handshake: [hello, answer, proof] } = openChannel(rig);
    for (const wrong of misshapen(hello)) refusal(ChannelEnd.accept(rig.crypto, rig.bob), wrong);
    for (const wrong of misshapen(answer)) refusal(ChannelEnd.dial(rig.crypto, rig.alice), wrong);
    for (const wrong of misshapen(proof)) {
      const bob = ChannelEnd.accept(rig.crypto, rig.bob);
      bob.hear(hello);
      refusal(bob, wrong);
    }
    for (const wrong of misshapen(new Uint8Array(20))) {
      refusal(openChannel(rig).bob, wrong);
      refusal(openChannel(rig).alice, wrong);
    }
  },

  "what is too large is refused before anything is made of it": (rig) => {
    const asked: number[] = [];
    const crypto = cryptoWith(rig.crypto, {
      open: (...given) => {
        asked.push(given[3].length);
        return rig.crypto.open(...given);
      },
    });
    const { alice, bob, handshake: [hello] } = connect(
      { crypto, signer: rig.alice },
      { crypto, signer: rig.bob },
    );
    const early = ChannelEnd.accept(crypto, rig.bob);
    early.hear(hello);
    const before = asked.length;
    refusal(early, new Uint8Array(1_619));
    refusal(ChannelEnd.dial(crypto, rig.alice), new Uint8Array(1_651));
    for (const end of [alice, bob]) refusal(end, new Uint8Array(16_385));
    assertEquals(asked.length, before);
  },

  "another version of the protocol is refused, and not gone down to": (rig) => {
    for (const version of [0, 2, 255]) {
      const hello = one(ChannelEnd.dial(rig.crypto, rig.alice).said).with(0, version);
      const bob = ChannelEnd.accept(rig.crypto, rig.bob);
      assertEquals(
        refusal(bob, hello),
        `it speaks version ${version} of channels, wanted 1`,
      );
      assertEquals(bob.said, []);
    }
  },

  "a key with which the secret would be known to all is refused": (rig) => {
    const zeros = new Uint8Array(32);
    const bob = ChannelEnd.accept(rig.crypto, rig.bob);
    assertMatch(refusal(bob, Uint8Array.of(1, ...zeros)), /must not be used/);
    const { handshake: [, answer] } = openChannel(rig);
    const alice = ChannelEnd.dial(rig.crypto, rig.alice);
    assertMatch(
      refusal(alice, Uint8Array.of(...zeros, ...answer.subarray(32))),
      /must not be used/,
    );
  },

  "a handshake that was recorded opens nothing": (rig) => {
    const { handshake: [hello, answer, proof], alice: old } = openChannel(rig);
    const record = old.say(Uint8Array.of(1));
    const bob = ChannelEnd.accept(rig.crypto, rig.bob);
    bob.hear(hello);
    refusal(bob, proof, ...record);
    assertEquals(bob.events, []);
    const alice = ChannelEnd.dial(rig.crypto, rig.alice);
    refusal(alice, answer);
    assertEquals(alice.events, []);
  },

  "what an end said, said back to it, is refused": (rig) => {
    const alice = ChannelEnd.dial(rig.crypto, rig.alice);
    refusal(alice, one(alice.said));
    const bob = ChannelEnd.accept(rig.crypto, rig.bob);
    const answer = one(bob.hear(one(ChannelEnd.dial(rig.crypto, rig.alice).said)));
    refusal(bob, answer.subarray(32));
    for (const which of ["alice", "bob"] as const) {
      const end = openChannel(rig)[which];
      refusal(end, ...end.say(Uint8Array.of(1)));
    }
  },

  "records that are altered, lost, repeated or swapped end the channel": (rig) => {
    const meddle: ((records: Uint8Array[]) => Uint8Array[])[] = [
      ([first, second]) => [first, first, second] as Uint8Array[],
      ([first, second]) => [second, first] as Uint8Array[],
      ([, second]) => [second] as Uint8Array[],
      ([first]) => [first?.subarray(0, -1)] as Uint8Array[],
    ];
    for (const change of meddle) {
      const { alice, bob } = openChannel(rig);
      const records = [...alice.say(Uint8Array.of(1)), ...alice.say(Uint8Array.of(2))];
      refusal(bob, ...change(records));
    }
    const length = 16 + 3;
    for (let at = 0; at < length; at++) {
      const { alice, bob } = openChannel(rig);
      assertMatch(
        refusal(alice, flipped(one(bob.say(Uint8Array.of(1, 2, 3))), at)),
        /^a record of it was altered, lost or repeated/,
      );
      assertEquals(alice.bytes.length, 0);
    }
  },

  "records of one channel are nothing to another of the same two": (rig) => {
    const [one, other] = [openChannel(rig), openChannel(rig)];
    refusal(other.bob, ...one.alice.say(Uint8Array.of(1)));
  },

  "an id without its key is not believed, at either end": (rig) => {
    const { crypto, mallory } = rig;
    const posing = (as: Signer) => ({
      id: as.id,
      publicKey: as.publicKey,
      sign: (bytes: Uint8Array) => mallory.sign(bytes),
    });
    const bob = ChannelEnd.accept(crypto, rig.bob);
    const caller = ChannelEnd.dial(crypto, posing(rig.alice));
    const proof = one(caller.hear(one(bob.hear(one(caller.said)))));
    assertMatch(refusal(bob, proof), /did not prove/);
    const alice = ChannelEnd.dial(crypto, rig.alice);
    const server = ChannelEnd.accept(crypto, posing(rig.bob));
    assertMatch(refusal(alice, one(server.hear(one(alice.said)))), /did not prove/);
    // She was not told who called either.
    assertEquals(alice.said.length, 1);
  },

  "what one signs for Mallory is no proof to another": (rig) => {
    const { crypto, alice, bob, mallory } = rig;
    const signed: Uint8Array[] = [];
    const watched = {
      ...alice,
      sign: (bytes: Uint8Array) => {
        const signature = alice.sign(bytes);
        signed.push(signature);
        return signature;
      },
    };
    // Alice means to talk with Mallory, who passes for her elsewhere meanwhile.
    connect({ crypto, signer: watched }, { crypto, signer: mallory });
    const far = ChannelEnd.accept(crypto, bob);
    const stolen = { ...alice, sign: () => one(signed) };
    const caller = ChannelEnd.dial(crypto, stolen);
    const proof = one(caller.hear(one(far.hear(one(caller.said)))));
    assertMatch(refusal(far, proof), /did not prove/);
  },

  "a signature of one role is none of the other": (rig) => {
    // A node that can be made to answer must not thereby sign as one who dials.
    const { crypto, alice, bob } = rig;
    const words: string[] = [];
    const watched = (signer: Signer) => ({
      ...signer,
      sign: (bytes: Uint8Array) => {
        words.push(new TextDecoder().decode(bytes.subarray(0, 28)));
        return signer.sign(bytes);
      },
    });
    connect({ crypto, signer: watched(alice) }, { crypto, signer: watched(bob) });
    assertMatch(words[0] ?? "", /^area-net channel 1 accepter\0/);
    assertMatch(words[1] ?? "", /^area-net channel 1 dialler\0/);
  },

  "a true signature without the code that goes with it is no proof": (rig) => {
    const wrong = (piece: Uint8Array) => piece.map((byte) => byte ^ 0x55);
    const changes: [why: RegExp, change: (pieces: Uint8Array[]) => Uint8Array[]][] = [
      [/prove/, ([length, key, signature, code]) => made(length, key, signature, wrong(got(code)))],
      [/prove/, ([length, key, signature, code]) => made(length, key, wrong(got(signature)), code)],
      [/prove/, ([length, key, signature, code]) => made(length, wrong(got(key)), signature, code)],
      [/prove/, ([length, , ...rest]) => made(length, rig.mallory.publicKey, ...rest)],
      [/holds a key of 65535/, ([, ...rest]) => made(Uint8Array.of(255, 255), ...rest)],
      [/holds a key of \d+ bytes and 0 of/, ([length, key, , code]) => made(length, key, code)],
      [/0 bytes and -32 of/, () => made(Uint8Array.of(0, 0))],
      [/0 bytes and -33 of/, () => made(Uint8Array.of(0))],
      [/513 of signature/, ([length, key, , code]) => made(length, key, new Uint8Array(513), code)],
      [
        /holds a key of 1025/,
        ([, , signature, code]) => made(Uint8Array.of(4, 1), new Uint8Array(1025), signature, code),
      ],
    ];
    for (const [why, change] of changes) {
      const crypto = cryptoWith(rig.crypto, {
        seal: (key, nonce, aad, ...pieces) =>
          rig.crypto.seal(key, nonce, aad, ...change([...pieces])),
      });
      const bob = ChannelEnd.accept(rig.crypto, rig.bob);
      const caller = ChannelEnd.dial(crypto, rig.alice);
      assertMatch(
        refusal(bob, one(caller.hear(one(bob.hear(one(caller.said)))))),
        why,
      );
      const alice = ChannelEnd.dial(rig.crypto, rig.alice);
      const server = ChannelEnd.accept(crypto, rig.bob);
      assertMatch(refusal(alice, one(server.hear(one(alice.said)))), why);
    }
  },

  "who sits in between is seen for who it is, by both": (rig) => {
    const { crypto, alice, bob, mallory } = rig;
    const near = connect({ crypto, signer: alice }, { crypto, signer: mallory });
    const far = connect({ crypto, signer: mallory }, { crypto, signer: bob });
    assertEquals([near.alice.opened?.id, far.bob.opened?.id], [mallory.id, mallory.id]);
    assert(near.alice.opened?.binding.toHex() !== far.bob.opened?.binding.toHex());
  },

  "who listens sees no public key of either": (rig) => {
    const { handshake } = openChannel(rig);
    const seen = handshake.map((message) => message.toHex()).join("");
    for (const { publicKey } of [rig.alice, rig.bob]) {
      assertEquals(seen.includes(publicKey.slice(-16).toHex()), false);
    }
  },

  "nothing is ever sealed twice with one key and one number": (rig) => {
    const used: string[] = [];
    const crypto = cryptoWith(rig.crypto, {
      seal: (key, nonce, ...rest) => {
        used.push(`${key.toHex()} ${nonce.toHex()}`);
        return rig.crypto.seal(key, nonce, ...rest);
      },
    });
    for (let i = 0; i < 3; i++) {
      const { alice, bob } = openChannel({ ...rig, crypto });
      for (const end of [alice, bob]) {
        for (let count = 0; count < 300; count++) end.say(Uint8Array.of(1));
      }
    }
    assertEquals(used.length, 3 * (2 + 600));
    assertEquals(new Set(used).size, used.length);
  },

  "whatever comes at whichever stage, it is refused and nothing worse": (rig) => {
    const random = new SeededRandom(1);
    const stages: Record<string, () => { end: ChannelEnd; next: Uint8Array }> = {
      awaiting: () => ({
        end: ChannelEnd.accept(rig.crypto, rig.bob),
        next: one(ChannelEnd.dial(rig.crypto, rig.alice).said),
      }),
      greeting: () => {
        const end = ChannelEnd.dial(rig.crypto, rig.alice);
        return { end, next: one(ChannelEnd.accept(rig.crypto, rig.bob).hear(one(end.said))) };
      },
      proving: () => {
        const end = ChannelEnd.accept(rig.crypto, rig.bob);
        const far = ChannelEnd.dial(rig.crypto, rig.alice);
        return { end, next: one(far.hear(one(end.hear(one(far.said))))) };
      },
      open: () => {
        const { alice, bob: end } = openChannel(rig);
        return { end, next: one(alice.say(noise(100))) };
      },
    };
    for (const [stage, begin] of Object.entries(stages)) {
      for (let run = 0; run < 100; run++) {
        const { end, next } = begin();
        const { opened } = end;
        const wrong = run % 3 === 0 ? randomBytes(random, 2_000) : mutated(random, next);
        try {
          end.hear(wrong);
          // Any 32 bytes may be the key of a hello; what else gets through must be what was sent.
          assert(stage === "awaiting" || wrong.toHex() === next.toHex(), `${stage}, run ${run}`);
        } catch (error) {
          assert(error instanceof ChannelError, String(error));
          assertEquals([end.opened, end.bytes.length], [opened, 0]);
        }
      }
    }
  },
};

function made(...pieces: readonly (Uint8Array | undefined)[]): Uint8Array[] {
  return pieces.map(got);
}

function got<T>(item: T | undefined): T {
  assert(item !== undefined);
  return item;
}
