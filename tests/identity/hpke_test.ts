import { assertEquals, assertNotEquals } from "@std/assert";
import type { AgreementKey } from "../../src/base/ports.ts";
import { setUpRecipient, setUpSender } from "../../src/identity/hpke.ts";
import { FastCrypto } from "../../src/sim/fast_crypto.ts";
import { testHpke } from "./hpke_stories.ts";

testHpke("FastCrypto", () => new FastCrypto());

/** A key that agrees with everybody on one and the same secret. */
function agreeingOn(secret: Uint8Array): AgreementKey {
  return { publicKey: new Uint8Array(32).fill(9), agree: () => secret };
}

Deno.test("setUpSender: a secret of zeros, which a careless port may hand out, makes no context", () => {
  const crypto = new FastCrypto();
  const info = new Uint8Array(0);
  const good = agreeingOn(new Uint8Array(32).with(31, 1));
  const zero = agreeingOn(new Uint8Array(32));
  const recipient = good.publicKey;
  assertNotEquals(
    setUpSender({ crypto, sender: good, ephemeral: good, recipient, info }),
    undefined,
  );
  assertEquals(setUpSender({ crypto, sender: zero, ephemeral: good, recipient, info }), undefined);
  assertEquals(setUpSender({ crypto, sender: good, ephemeral: zero, recipient, info }), undefined);
  const enc = good.publicKey;
  assertEquals(
    setUpRecipient({ crypto, recipient: zero, enc, sender: recipient, info }),
    undefined,
  );
});
