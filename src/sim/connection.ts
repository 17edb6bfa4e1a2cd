/** One end of a virtual connection. */

import type {
  Connection,
  ConnectionError,
  ConnectionHandler,
  Instant,
  Remote,
} from "../base/ports.ts";
import type { SimHost } from "./host.ts";

export class SimConnection implements Connection {
  readonly host: SimHost;
  handler: ConnectionHandler | undefined;
  #peer: SimConnection | undefined;
  #state: "opening" | "open" | "closed" = "opening";
  /** What was sent and has not arrived; pieces never overtake each other. */
  readonly #underWay: (() => void)[] = [];
  #lastArrival: Instant = 0;
  #unsent: Uint8Array[] = [];
  #queuedBytes = 0;

  constructor(host: SimHost, handler?: ConnectionHandler) {
    this.host = host;
    this.handler = handler;
    host.add(this);
  }

  /** Bytes that have not arrived yet: the far end's window is as wide as the way. */
  get queuedBytes(): number {
    return this.isClosed ? 0 : this.#queuedBytes;
  }

  get isClosed(): boolean {
    return this.#state === "closed";
  }

  /** Connects an accepted end with the one that dialled. */
  join(dialler: SimConnection): void {
    this.#peer = dialler;
    this.#state = "open";
    dialler.#peer = this;
  }

  open(remote: Remote): void {
    if (this.#state !== "opening") return;
    this.#state = "open";
    for (const bytes of this.#unsent) this.#transmit(bytes);
    this.#unsent = [];
    this.handler?.opened(remote);
  }

  send(bytes: Uint8Array): void {
    if (this.isClosed) return;
    this.#queuedBytes += bytes.length;
    if (this.#state === "opening") this.#unsent.push(bytes);
    else this.#transmit(bytes);
  }

  close(): void {
    if (this.isClosed) return;
    this.deliver(() => this.#peer?.fail());
    this.vanish();
  }

  /** The process behind this end died. */
  reset(): void {
    if (this.isClosed) return;
    this.deliver(() => this.#peer?.fail({ code: "reset", detail: "Connection reset" }));
    this.vanish();
  }

  /** This end is gone and nobody is told. */
  vanish(): void {
    this.#state = "closed";
    this.host.remove(this);
  }

  /** The far end closed, or the connection failed. */
  fail(error?: ConnectionError): void {
    if (this.isClosed) return;
    this.vanish();
    this.handler?.closed(error);
  }

  /** Has something happen at the far end, after all that was sent before. */
  deliver(arrive: () => void): void {
    this.#underWay.push(arrive);
    this.#travel();
  }

  #travel(): void {
    const peer = this.#peer;
    if (peer === undefined) return;
    const { network } = this.host;
    const arrival = network.timeline.now() + network.delay(this.host, peer.host);
    this.#lastArrival = Math.max(arrival, this.#lastArrival);
    network.timeline.wakeAt(this.#lastArrival, () => {
      if (!network.isOpen(this.host, peer.host)) return network.hold(() => this.#travel());
      peer.host.whenAwake(() => this.#underWay.shift()?.());
    });
  }

  #transmit(bytes: Uint8Array): void {
    const peer = this.#peer;
    this.deliver(() => {
      this.#queuedBytes -= bytes.length;
      peer?.receive(bytes);
    });
  }

  /** A piece of what the far end sent arrives. */
  receive(bytes: Uint8Array): void {
    const { timeline, trace } = this.host.network;
    if (this.isClosed) {
      // A machine that is up and knows nothing of the connection says so; one that is down is silent.
      if (this.host.isUp) {
        this.deliver(() => this.#peer?.fail({ code: "reset", detail: "Connection reset" }));
      }
      return;
    }
    trace.numbers(timeline.now(), this.host.number);
    trace.bytes(bytes);
    this.handler?.received(bytes);
  }
}
