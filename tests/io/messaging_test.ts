import { NodeCrypto } from "../../src/io/node_crypto.ts";
import { testForgeries } from "../messaging/forgeries.ts";

testForgeries("NodeCrypto", () => new NodeCrypto());
