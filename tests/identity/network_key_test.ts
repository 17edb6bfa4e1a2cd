import { assert, assertEquals } from "@std/assert";
import { NetworkKey } from "../../src/identity/network_key.ts";
import { CRYPTO, signerOf } from "./signers.ts";

const ALICE = signerOf(1).id;
const BOB = signerOf(2).id;
const HERE = new Uint8Array(32).fill(1);
const ELSEWHERE = new Uint8Array(32).fill(2);

const keyOf = (secret: string) => new NetworkKey(CRYPTO, secret);

Deno.test("NetworkKey: who has the same key proves it", () => {
  for (const secret of ["s", "a long secret", "\u{1F511}é", "x".repeat(1_000)]) {
    const proof = keyOf(secret).proof(ALICE, HERE);
    assertEquals(proof.length, 32);
    assert(keyOf(secret).accepts(proof, ALICE, HERE));
  }
});

Deno.test("NetworkKey: who has another key, or part of it, does not", () => {
  const ours = keyOf("secret");
  for (const secret of ["Secret", "secret ", "secre", "secret\0", "", "s".repeat(6)]) {
    assertEquals(ours.accepts(keyOf(secret).proof(ALICE, HERE), ALICE, HERE), false, secret);
    assertEquals(keyOf(secret).accepts(ours.proof(ALICE, HERE), ALICE, HERE), false, secret);
  }
});

Deno.test("NetworkKey: a proof holds on its own connection alone", () => {
  const key = keyOf("secret");
  const proof = key.proof(ALICE, HERE);
  assertEquals(key.accepts(proof, ALICE, ELSEWHERE), false);
  assertEquals(key.accepts(proof, ALICE, new Uint8Array(0)), false);
});

Deno.test("NetworkKey: our own proof, shown back to us, does not prove anybody else", () => {
  const key = keyOf("secret");
  const ours = key.proof(ALICE, HERE);
  assert(key.accepts(ours, ALICE, HERE));
  assertEquals(key.accepts(ours, BOB, HERE), false);
});

Deno.test("NetworkKey: without a key there is nothing to prove, and only nothing is accepted", () => {
  const open = keyOf("");
  assertEquals(open.proof(ALICE, HERE), new Uint8Array(0));
  assert(open.accepts(new Uint8Array(0), BOB, ELSEWHERE));
  assertEquals(open.accepts(new Uint8Array(1), BOB, ELSEWHERE), false);
  assertEquals(keyOf("secret").accepts(new Uint8Array(0), BOB, HERE), false);
});

Deno.test("NetworkKey: a proof with a byte changed, missing or added is none", () => {
  const key = keyOf("secret");
  const proof = key.proof(ALICE, HERE);
  for (let at = 0; at < proof.length; at++) {
    const altered = proof.with(at, (proof[at] as number) ^ 128);
    assertEquals(key.accepts(altered, ALICE, HERE), false, `byte ${at}`);
  }
  assertEquals(key.accepts(proof.subarray(0, 31), ALICE, HERE), false);
  assertEquals(key.accepts(Uint8Array.from([...proof, 0]), ALICE, HERE), false);
});
