/** Transports with a door for browsers, for tests. */

import type { Address } from "../../src/base/address.ts";
import type { PageFiles } from "../../src/io/browser_listener.ts";
import { NodeCrypto, signerOf } from "../../src/io/node_crypto.ts";
import { NodeTransport } from "../../src/io/node_transport.ts";
import type { DoorLimits } from "../../src/session/doorkeeper.ts";
import type { Party } from "./credentials.ts";

/** Stands for the page of rooms. */
export const PAGE: PageFiles = {
  "index.html": "<!doctype html><script src=rooms.js></script>",
  "rooms.js": "addEventListener('load', () => {});",
  "rooms.css": "body { margin: 0 }",
};

/** What a door has that is not as usual. */
export interface DoorOptions {
  limits?: Partial<DoorLimits>;
  maxConnections?: number;
  others?: () => readonly Address[];
  needsKey?: boolean;
  loadPage?: () => Promise<PageFiles>;
}

/** The transport of a node that takes browsers. */
export function newNodeTransport(
  party: Party,
  {
    limits = {},
    maxConnections = 1000,
    others = () => [],
    needsKey = false,
    loadPage = () => Promise.resolve(PAGE),
  }: DoorOptions = {},
): NodeTransport {
  return new NodeTransport({
    credentials: party,
    limits: { maxHandshakes: 200, handshakeTimeoutMs: 20_000, maxPerHost: 1000, ...limits },
    browsers: {
      channel: { signer: signerOf(party.privateKey), crypto: new NodeCrypto() },
      maxConnections,
      config: { network: "test", ice_servers: ["stun:stun.example:3478"], needs_key: needsKey },
      doors: { open: others, ever: others },
    },
    loadPage,
  });
}
