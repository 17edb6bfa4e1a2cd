import { FastCrypto } from "../../src/sim/fast_crypto.ts";
import { testForgeries } from "./forgeries.ts";

testForgeries("FastCrypto", () => new FastCrypto());
