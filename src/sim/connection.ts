/**
 * One end of a virtual connection.
 *
 *     send ──► queue, where bandwidth is limited ──► under way ──► the far end
 *
 * Without a limit what is sent is under way at once, and counts as queued until it arrives: the far
 * end's window is as wide as the way. With one, the pieces go onto the wire one behind the other,
 * each as long as its bytes take, and count until they are on it; a machine that sleeps or is cut
 * off gets nothing onto the wire.
 */

import type {
  Connection,
  ConnectionError,
  ConnectionHandler,
  Instant,
  Remote,
} from "../base/ports.ts";
import type { SimHost } from "./host.ts";

/** What waits to go onto the wire: how long it is, in bytes, and what happens once it arrives. */
interface Piece {
  bytes: number;
  arrive: () => void;
}

export class SimConnection implements Connection {
  readonly host: SimHost;
  handler: ConnectionHandler | undefined;
  #peer: SimConnection | undefined;
  #state: "opening" | "open" | "closed" = "opening";
  /** What goes onto the wire, the first of it now; always empty without a limit of bandwidth. */
  #wire: Piece[] = [];
  /** What is on its way and has not arrived; pieces never overtake each other. */
  readonly #underWay: (() => void)[] = [];
  #lastArrival: Instant = 0;
  #unsent: Uint8Array[] = [];
  #queuedBytes = 0;
  /** Something was queued after a `send`, and nobody has been told yet that it is gone. */
  #owesDrained = false;

  constructor(host: SimHost, handler?: ConnectionHandler) {
    this.host = host;
    this.handler = handler;
    host.add(this);
  }

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
    this.#owesDrained ||= this.#queuedBytes > 0;
    if (this.#state === "opening") this.#unsent.push(bytes);
    else this.#transmit(bytes);
  }

  close(): void {
    if (this.isClosed) return;
    this.deliver(() => this.#peer?.fail());
    this.#leave();
  }

  /** The process behind this end died. */
  reset(): void {
    if (this.isClosed) return;
    this.deliver(() => this.#peer?.fail({ code: "reset", detail: "Connection reset" }));
    this.#leave();
  }

  /** This end is gone, with what is not on the wire yet, and nobody is told. */
  vanish(): void {
    this.#wire = [];
    this.#leave();
  }

  /** The far end closed, or the connection failed. */
  fail(error?: ConnectionError): void {
    if (this.isClosed) return;
    this.vanish();
    this.handler?.closed(error);
  }

  /** Has something happen at the far end, after all that was sent before. */
  deliver(arrive: () => void): void {
    if (this.#wire.length > 0) this.#wire.push({ bytes: 0, arrive });
    else this.#depart(arrive);
  }

  #leave(): void {
    this.#state = "closed";
    // Until the rest is on the wire the machine may still die with it.
    if (this.#wire.length === 0) this.host.remove(this);
  }

  /** The first piece goes onto the wire, and the next one behind it. */
  #occupyWire(bytesPerMs: number): void {
    const [piece] = this.#wire;
    if (piece === undefined) {
      if (this.isClosed) this.host.remove(this);
      return;
    }
    this.host.network.timeline.after(piece.bytes / bytesPerMs, () => {
      this.host.whenAwake(() => this.#leaveWire(piece, bytesPerMs));
    });
  }

  #leaveWire(piece: Piece, bytesPerMs: number): void {
    const { network } = this.host;
    const peer = this.#peer;
    // The machine died meanwhile, and perhaps is back.
    if (this.#wire[0] !== piece || peer === undefined) return;
    if (!network.isOpen(this.host, peer.host)) {
      return network.hold(() => this.#occupyWire(bytesPerMs));
    }
    this.#wire.shift();
    this.#depart(piece.arrive);
    this.#occupyWire(bytesPerMs);
    this.#unqueue(piece.bytes);
  }

  #depart(arrive: () => void): void {
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
    const { bytesPerMs } = this.host.network.options;
    const peer = this.#peer;
    if (bytesPerMs === undefined) {
      return this.deliver(() => {
        peer?.receive(bytes);
        this.#unqueue(bytes.length);
      });
    }
    this.#wire.push({ bytes: bytes.length, arrive: () => peer?.receive(bytes) });
    if (this.#wire.length === 1) this.#occupyWire(bytesPerMs);
  }

  #unqueue(bytes: number): void {
    this.#queuedBytes -= bytes;
    if (!this.#isDrained()) return;
    this.host.whenAwake(() => {
      if (!this.#isDrained()) return;
      this.#owesDrained = false;
      this.handler?.drained();
    });
  }

  /** Whether somebody has to be told that nothing is queued any more. */
  #isDrained(): boolean {
    return this.#owesDrained && !this.isClosed && this.#queuedBytes === 0;
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
