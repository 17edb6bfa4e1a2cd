/**
 * The far end of handshake.ts: listens in the way that its argument names, prints where, and prints
 * the bytes that it holds in memory for every line it is given, until there are no more.
 */

import type { AddressInfo } from "node:net";
import { createServer } from "node:tls";
import { type Address, formatAddress } from "../src/base/address.ts";
import { loadIdentity } from "../src/io/identity_file.ts";
import { TlsTransport } from "../src/io/tls.ts";
import { TLS_OPTIONS } from "../src/io/tls_peer.ts";

/** Nobody is turned away. */
export const BENCH_LIMITS = { maxHandshakes: 1000, handshakeTimeoutMs: 20_000, maxPerHost: 10_000 };

const ANYWHERE = { host: "::1", port: 0 };

function listen(way: string, listening: (at: Address) => void): void {
  const { credentials } = loadIdentity({});
  if (way === "area-net") {
    const handler = { opened() {}, received() {}, drained() {}, closed() {} };
    new TlsTransport(credentials, BENCH_LIMITS).listen(formatAddress(ANYWHERE), {
      listening,
      failed: ({ detail }) => console.error(detail),
      refused: (_, reason) => console.error(reason),
      accepted: () => handler,
    });
    return;
  }
  const server = createServer({ ...TLS_OPTIONS, ...credentials }, (socket) => socket.resume());
  server.listen(ANYWHERE, () => {
    const { address: host, port } = server.address() as AddressInfo;
    listening(formatAddress({ host, port }));
  });
}

if (import.meta.main) {
  const [way = ""] = Deno.args;
  listen(way, (at) => console.log(at));
  for await (const _ of Deno.stdin.readable) {
    (globalThis as { gc?(): void }).gc?.();
    console.log(Deno.memoryUsage().rss);
  }
  Deno.exit(0);
}
