import { assertGreater } from "@std/assert";
import { generateKeyPairSync } from "node:crypto";
import type { Signer } from "../../src/base/ports.ts";
import { NodeCrypto, signerOf } from "../../src/io/node_crypto.ts";
import type { KeyMaker } from "../../src/sim/fast_crypto.ts";
import { runCampaign } from "../scenarios/campaign.ts";

/** Real keys, which are others each time: so a run is repeated only nearly by its seed. */
class RealKeys extends NodeCrypto implements KeyMaker {
  newSigner(): Signer {
    return signerOf(generateKeyPairSync("ed25519").privateKey);
  }
}

Deno.test("NodeCrypto: campaigns with real Ed25519 end in one map with nothing forged on it", () => {
  for (let seed = 0; seed < 5; seed++) {
    assertGreater(runCampaign(seed, { keys: new RealKeys() }).bans, 0);
  }
});
