/**
 * libp2p doing the same work: TCP, Noise and yamux, and nothing else switched on. It is given its
 * best case: one stream a link, kept open, with messages told apart by their length. A stream for
 * each message, as many of its protocols have it, costs a round trip and more for each. Its relays
 * forward in the application, since its own circuit relay hands on a connection and not messages.
 *
 * How fast it is at small messages depends on who puts them together: what is handed over in one
 * piece is sealed in one piece. So it is measured both ways, with a `send` for each message, as
 * every library is used that takes messages, and with as many as may be under way in one `send`.
 *
 * Messages are sealed from each process to the next and not from end to end, so the relays could
 * read them and nobody proves to the recipient who sent them.
 */

import type { Stream } from "@libp2p/interface";
import { noise } from "@libp2p/noise";
import { tcp } from "@libp2p/tcp";
import { yamux } from "@libp2p/yamux";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p, type Libp2p } from "libp2p";
import { answer, type Channel, ChannelOutlet, relay } from "./channel.ts";
import { type Roles, run } from "./program.ts";

const PROTOCOL = "/area-net/bench/1.0.0";

/** How much a relay may hold while it cannot write: more than is ever under way, or the stream breaks. */
const READ_BUFFER_BYTES = 16 * 1024 * 1024;

class StreamChannel implements Channel {
  readonly #stream: Stream;

  constructor(stream: Stream) {
    this.#stream = stream;
    stream.addEventListener("close", ({ error }) => {
      if (error !== undefined) console.error(`The stream broke: ${error.message}`);
    });
  }

  write(bytes: Uint8Array): boolean {
    return this.#stream.send(bytes);
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  onBytes(listener: (bytes: Uint8Array) => void): void {
    this.#stream.addEventListener("message", ({ data }) => listener(data.subarray()));
  }

  onDrain(listener: () => void): void {
    this.#stream.addEventListener("drain", listener);
  }
}

function start(): Promise<Libp2p> {
  return createLibp2p({
    addresses: { listen: ["/ip6/::1/tcp/0"] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux({ streamOptions: { maxReadBufferLength: READ_BUFFER_BYTES } })],
  });
}

async function listen(node: Libp2p, accepted: (channel: Channel) => void): Promise<string> {
  await node.handle(PROTOCOL, (stream) => accepted(new StreamChannel(stream)));
  const [place] = node.getMultiaddrs();
  if (place === undefined) throw new Error("libp2p listens nowhere, wanted one address");
  return place.toString();
}

async function dial(node: Libp2p, place: string): Promise<Channel> {
  return new StreamChannel(await node.dialProtocol(multiaddr(place), PROTOCOL));
}

const ROLES: Roles = {
  recipient: async () => listen(await start(), answer),
  relay: async (next) => {
    const node = await start();
    const onward = await dial(node, next);
    return listen(node, (channel) => relay(channel, onward));
  },
  sender: async (next) => new ChannelOutlet(await dial(await start(), next)),
};

if (import.meta.main) await run(ROLES);
