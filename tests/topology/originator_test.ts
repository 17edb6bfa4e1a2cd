import { assert, assertEquals, assertGreater } from "@std/assert";
import { parseAddress } from "../../src/base/address.ts";
import { Originator } from "../../src/topology/originator.ts";
import { decodeAdvertisement } from "../../src/wire/topology.ts";
import { CRYPTO, signerOf, successionOf } from "../identity/signers.ts";

const RENEW_MS = 1_200_000;
const WALL = 1_767_225_600_000;
const SEALING_KEY = new Uint8Array(32).fill(8);
const ADDRESS = parseAddress("[fd00::1]:8083");

function originator(): Originator {
  const signer = signerOf(2);
  const successions = [successionOf(1, 2)];
  const times = { renewMs: RENEW_MS, maxSkewMs: 600_000 };
  return new Originator({ signer, successions, sealingKey: SEALING_KEY, label: "bob", ...times });
}

Deno.test("Originator: signs the very bytes that say who it is, where, and what it was", () => {
  const own = originator();
  own.setAddresses([ADDRESS]);
  own.links.up(signerOf(3).id, true);
  const { advertisement, body, signature } = own.originate(0, WALL);
  assertEquals(advertisement, {
    id: signerOf(2).id,
    sequence: WALL,
    publicKey: signerOf(2).publicKey,
    label: "bob",
    addresses: [ADDRESS],
    left: false,
    links: [{ peer: signerOf(3).id, dialled: true, rttUs: null }],
    successions: [successionOf(1, 2)],
    sealingKey: SEALING_KEY,
  });
  assertEquals(decodeAdvertisement(body), advertisement);
  assert(CRYPTO.verify(signerOf(2).publicKey, body, signature));
});

Deno.test("Originator: is numbered by the time, and never goes back or says two things under one number", () => {
  const own = originator();
  const dates = [WALL, WALL, WALL - 5_000, WALL + 1_000, WALL - 9_000];
  const sequences = dates.map((wallMs) => own.originate(0, wallMs).advertisement.sequence);
  assertEquals(sequences, [WALL, WALL + 1, WALL + 2, WALL + 1_000, WALL + 1_001]);
});

Deno.test("Originator: a machine that believes it is before 1970 counts from 1", () => {
  const own = originator();
  const sequences = [-5, -4].map((wallMs) => own.originate(0, wallMs).advertisement.sequence);
  assertEquals(sequences, [1, 2]);
});

Deno.test("Originator: a number that others hold is outbid at the next chance, a lower one changes nothing", () => {
  const own = originator();
  own.originate(0, WALL);
  own.outbid(WALL + 500);
  assert(own.isDue(10_000));
  assertEquals(own.originate(10_000, WALL + 10).advertisement.sequence, WALL + 501);
  own.outbid(WALL);
  assertEquals(own.sequence, WALL + 501);
});

Deno.test("Originator: speaks again before its last word is too old, counted from that word", () => {
  const own = originator();
  own.originate(0, WALL);
  assertEquals([own.nextWakeup(), own.isDue(RENEW_MS - 1)], [RENEW_MS, false]);
  own.want();
  assert(own.isDue(1_000));
  own.originate(1_000, WALL + 1_000);
  assertEquals(own.nextWakeup(), RENEW_MS + 1_000);
  assert(own.isDue(RENEW_MS + 1_000));
});

Deno.test("Originator: the same addresses again are no news, others are", () => {
  const own = originator();
  own.originate(0, WALL);
  own.setAddresses([]);
  assertEquals(own.isDue(10_000), false);
  own.setAddresses([ADDRESS]);
  assertEquals(own.isDue(10_000), true);
});

Deno.test("Originator: who leaves claims no link any more, and says nothing after that", () => {
  const own = originator();
  own.links.up(signerOf(3).id, true);
  const { sequence } = own.originate(0, WALL).advertisement;
  own.leave();
  const { advertisement } = own.originate(5, WALL);
  assertEquals([advertisement.left, advertisement.links], [true, []]);
  assertGreater(advertisement.sequence, sequence);
  own.want();
  own.outbid(WALL + 1_000);
  assertEquals([own.isDue(10 * RENEW_MS), own.nextWakeup()], [false, undefined]);
});
