/**
 * How a node in a browser reaches others: nodes by WebSocket, which take part in the network for it, and
 * other browsers by WebRTC. It listens for other browsers alone, since nobody can dial a page.
 */

import { type Address, schemeOf } from "../../base/address.ts";
import type { NodeId } from "../../base/node_id.ts";
import type {
  Cancel,
  Connection,
  ConnectionError,
  ConnectionHandler,
  ListenHandler,
  Signalling,
  Transport,
} from "../../base/ports.ts";
import { SecureChannel } from "../../session/secure_channel.ts";
import { ChannelConnection } from "./channel_connection.ts";
import { FailedPipe } from "./failed_pipe.ts";
import type { MessagePipe, PipeListener } from "./message_pipe.ts";
import { WebRtc, type WebRtcOptions } from "./web_rtc.ts";
import { WebSocketPipe } from "./web_socket_pipe.ts";

export class BrowserTransport implements Transport {
  readonly #options: WebRtcOptions;
  readonly #webRtc: WebRtc;

  constructor(options: WebRtcOptions) {
    this.#options = options;
    this.#webRtc = new WebRtc(options);
  }

  reaches(to: Address): boolean {
    return schemeOf(to) !== "tls";
  }

  /** Who dials gives up by `close` when it takes too long: there is no timer here. */
  dial(to: Address, handler: ConnectionHandler): Connection {
    if (schemeOf(to) === "webrtc") return this.#webRtc.dial(to, handler);
    const owner = {
      proven(id: NodeId, binding: Uint8Array) {
        handler.opened({ address: to, id, binding });
        return handler;
      },
      failed: (error: ConnectionError) => handler.closed(error),
      ended() {},
    };
    const channel = SecureChannel.dial(this.#options);
    return new ChannelConnection(channel, owner, (listener) => openSocket(to, listener));
  }

  /** @param at `webrtc://` and the own id; there is nothing else to listen at */
  listen(_at: Address, handler: ListenHandler): Cancel {
    return this.#webRtc.listen(handler);
  }

  useSignalling(signalling: Signalling): void {
    this.#webRtc.useSignalling(signalling);
  }

  handleSignal(from: NodeId, signal: Uint8Array): void {
    this.#webRtc.handleSignal(from, signal);
  }
}

function openSocket(to: Address, listener: PipeListener): MessagePipe {
  if (schemeOf(to) === "tls") return new FailedPipe(NOT_FROM_HERE, listener);
  try {
    return new WebSocketPipe(to, listener);
  } catch (error) {
    // A page that came by HTTPS may not open a WebSocket without TLS.
    return new FailedPipe({ code: "not-permitted", detail: (error as Error).message }, listener);
  }
}

const NOT_FROM_HERE: ConnectionError = {
  code: "other",
  detail: 'a browser dials nodes at "ws://host:port" alone, where they listen for browsers',
};
