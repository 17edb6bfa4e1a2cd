/** A node in this process that keeps all that its links carry, as it is inside of TLS. */

import type { Address } from "../../src/base/address.ts";
import type {
  Connection,
  ConnectionHandler,
  ListenHandler,
  Transport,
} from "../../src/base/ports.ts";
import { configSchema } from "../../src/config/schema.ts";
import { Node } from "../../src/controller/node.ts";
import type { NodeApi } from "../../src/controller/node_api.ts";
import { SystemClock } from "../../src/io/clock.ts";
import { NodeCrypto, signerOf } from "../../src/io/node_crypto.ts";
import { NO_FILES } from "../../src/io/node_files.ts";
import { TlsTransport } from "../../src/io/tls.ts";
import { newParty } from "../io/credentials.ts";

/** What nobody in a test comes up to. */
const LIMITS = { maxHandshakes: 16, handshakeTimeoutMs: 5_000, maxPerHost: 16 };

/** A running node that only listens. Its sockets, its keys and its ciphers are real. */
export class RecordingRelay implements AsyncDisposable {
  readonly address: Address;
  readonly api: NodeApi;
  readonly #recorder: Recorder;
  readonly #ended: Promise<void>;

  private constructor(api: NodeApi, address: Address, recorder: Recorder, ended: Promise<void>) {
    this.api = api;
    this.address = address;
    this.#recorder = recorder;
    this.#ended = ended;
  }

  static async start(): Promise<RecordingRelay> {
    const party = newParty();
    const config = configSchema.parse({});
    config.network.controller.peers.min_link_count = 0;
    const transport = new TlsTransport(party, LIMITS);
    const recorder = new Recorder(transport);
    const listening = Promise.withResolvers<Address>();
    const stopped = Promise.withResolvers<void>();
    const node = new Node({
      ...NO_FILES,
      config,
      targets: [],
      listen: "[::1]:0" as Address,
      signer: signerOf(party.privateKey),
      crypto: new NodeCrypto(),
      successions: [],
      program: "area-net",
      seed: 1,
      transport: recorder,
      clock: new SystemClock(),
      tell: (notice) => notice.type === "listening" && listening.resolve(notice.address),
      stopped: () => stopped.resolve(),
    });
    node.start();
    const ended = stopped.promise.then(() => transport.settled());
    return new RecordingRelay(node, await listening.promise, recorder, ended);
  }

  /** All that came in and went out over all links, as characters of one byte each. */
  get record(): string {
    return this.#recorder.pieces.map((bytes) => new TextDecoder("latin1").decode(bytes)).join("");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.api.leave();
    await this.#ended;
  }
}

/** Passes everything on to another transport, and keeps the bytes. */
class Recorder implements Transport {
  readonly pieces: Uint8Array[] = [];
  readonly #inner: Transport;

  constructor(inner: Transport) {
    this.#inner = inner;
  }

  reaches(to: Address): boolean {
    return this.#inner.reaches(to);
  }

  dial(to: Address, handler: ConnectionHandler): Connection {
    return this.#recorded(this.#inner.dial(to, this.#overheard(handler)));
  }

  listen(at: Address, handler: ListenHandler) {
    return this.#inner.listen(at, {
      listening: (at) => handler.listening(at),
      failed: (error) => handler.failed(error),
      refused: (from, reason) => handler.refused(from, reason),
      accepted: (connection, remote) =>
        this.#overheard(handler.accepted(this.#recorded(connection), remote)),
    });
  }

  #recorded(connection: Connection): Connection {
    return {
      send: (bytes) => {
        this.pieces.push(bytes);
        connection.send(bytes);
      },
      close: () => connection.close(),
      get queuedBytes() {
        return connection.queuedBytes;
      },
    };
  }

  #overheard(handler: ConnectionHandler): ConnectionHandler {
    return {
      opened: (remote) => handler.opened(remote),
      received: (bytes) => {
        this.pieces.push(bytes);
        handler.received(bytes);
      },
      drained: () => handler.drained(),
      closed: (error) => handler.closed(error),
    };
  }
}
