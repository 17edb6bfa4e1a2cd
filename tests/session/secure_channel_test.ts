import { CRYPTO, signerOf } from "../identity/signers.ts";
import { testSecureChannel } from "./channel_stories.ts";

testSecureChannel("FastCrypto", () => ({
  crypto: CRYPTO,
  alice: signerOf(1),
  bob: signerOf(2),
  mallory: signerOf(3),
}));
