/**
 * The far end of introductions. `rendezvous` runs the three servers and prints where, in JSON; `bare`
 * listens by nothing but `node:net`, answers whatever comes with as many bytes as an introduction has,
 * and ends the connection: what a server can do at most.
 */

import { type AddressInfo, createServer } from "node:net";
import { formatAddress } from "../../src/base/address.ts";
import { openRendezvous } from "../../src/io/rendezvous.ts";
import { ownLines } from "./child.ts";

const ANYWHERE = { host: "127.0.0.1", port: 0 };
const ANSWER = '{"msg":"CONNECT","part":"tail","ip":"127.0.0.1:40000"}';

const [kind] = Deno.args;
if (kind === "rendezvous") {
  const at = formatAddress(ANYWHERE);
  const { chain, repair, echo } = await openRendezvous({ chain: at, repair: at, echo: at });
  console.log(JSON.stringify({ chain, repair, echo }));
} else {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => {});
    socket.on("data", () => socket.end(ANSWER));
  });
  server.listen(ANYWHERE, () => {
    const { address: host, port } = server.address() as AddressInfo;
    console.log(JSON.stringify({ chain: formatAddress({ host, port }) }));
  });
}
for await (const _ of ownLines());
Deno.exit(0);
