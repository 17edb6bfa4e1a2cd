/**
 * Questions to the two servers that speak TCP, each on a stream of its own: the answers do not say what
 * was asked. A server that breaks the protocol is treated as one that hung up.
 */

import type { Instant } from "../base/ports.ts";
import { JsonStream } from "./json_stream.ts";
import type { MemberEffect, StreamId, StreamServer } from "./member_effect.ts";
import { ChainProtocolError } from "./protocol_error.ts";
import { MAX_OBJECT_BYTES } from "./rendezvous_protocol.ts";

/** Who asked. */
export interface Asker {
  /** The stream is open; answers with what to send. */
  opened(now: Instant): Uint8Array;
  /**
   * The server answered; more answers may follow, and `ended` does unless `end` is called.
   *
   * @throws {ChainProtocolError} when it is no answer to this
   */
  replied(now: Instant, reply: unknown): void;
  /** The stream could not be opened, or the server ended it. */
  ended(now: Instant): void;
}

interface Stream {
  readonly server: StreamServer;
  readonly asker: Asker;
  readonly replies: JsonStream;
}

export class ServerStreams {
  readonly #emit: (effect: MemberEffect) => void;
  readonly #streams = new Map<StreamId, Stream>();
  /** Servers that were not there the last time. */
  readonly #lost = new Set<StreamServer>();
  #last: StreamId = 0;

  constructor(emit: (effect: MemberEffect) => void) {
    this.#emit = emit;
  }

  /** Begins to ask a server something. */
  ask(server: StreamServer, asker: Asker): StreamId {
    const stream = ++this.#last;
    this.#streams.set(stream, { server, asker, replies: new JsonStream(MAX_OBJECT_BYTES) });
    this.#emit({ type: "dial", stream, server });
    return stream;
  }

  /** Nothing more is to be asked or answered. */
  end(stream: StreamId): void {
    if (this.#streams.delete(stream)) this.#emit({ type: "end", stream });
  }

  handleOpened(now: Instant, stream: StreamId): void {
    const found = this.#streams.get(stream);
    if (found === undefined) return;
    const { server, asker } = found;
    if (this.#lost.delete(server)) {
      this.#emit({ type: "tell", notice: { type: "server-found", server } });
    }
    this.#emit({ type: "write", stream, bytes: asker.opened(now) });
  }

  handleBytes(now: Instant, stream: StreamId, bytes: Uint8Array): void {
    const found = this.#streams.get(stream);
    if (found === undefined) return;
    const { server, asker, replies } = found;
    try {
      replies.push(bytes);
      // The answer to one reply may be to end the stream.
      while (this.#streams.has(stream)) {
        const reply = replies.next();
        if (reply === undefined) return;
        asker.replied(now, reply);
      }
    } catch (error) {
      if (!(error instanceof ChainProtocolError)) throw error;
      this.tellError(server, error.message);
      this.end(stream);
      asker.ended(now);
    }
  }

  handleClosed(now: Instant, stream: StreamId): void {
    const found = this.#streams.get(stream);
    if (found === undefined) return;
    this.#streams.delete(stream);
    const { server, asker } = found;
    if (!this.#lost.has(server)) {
      this.#lost.add(server);
      this.#emit({ type: "tell", notice: { type: "server-lost", server } });
    }
    asker.ended(now);
  }

  /** A server refused something. */
  tellError(server: StreamServer, reason: string): void {
    this.#emit({ type: "tell", notice: { type: "server-error", server, reason } });
  }
}
