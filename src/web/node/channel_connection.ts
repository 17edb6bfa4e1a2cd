/**
 * A connection over a pipe of messages: both ends prove their keys in a {@linkcode SecureChannel}, and
 * what follows is sealed.
 *
 *     shaking hands ──opened──► open ──close()──► ending ──all sent──► over
 *           └──close(), failure──┴──failure, closed by the far end──────┘
 *
 * Bytes are handed on as the pipe has room for them. A data channel throws when its buffer is full, and
 * what waits here need not be sealed yet. What is sent in one turn leaves together, since each record
 * has its price.
 */

import { concatBytes } from "../../base/bytes.ts";
import type { NodeId } from "../../base/node_id.ts";
import type { Connection, ConnectionError, ConnectionHandler } from "../../base/ports.ts";
import { ChannelError } from "../../session/channel_error.ts";
import type { SecureChannel } from "../../session/secure_channel.ts";
import type { MessagePipe, PipeListener } from "./message_pipe.ts";

/** Who is behind a connection, from the beginning until both ends are known. */
export interface ChannelOwner {
  /**
   * The far end has proven who it is.
   *
   * @returns who is told from now on
   * @throws {ChannelError} when it is not who was wanted
   */
  proven(id: NodeId, binding: Uint8Array): ConnectionHandler;
  /** It came to nothing. Not told after `close`. */
  failed(error: ConnectionError): void;
  /** The connection has come to its end, whatever it was. */
  ended(): void;
}

/** Bytes that may be in a pipe's buffer, and those at which it gets more. */
const HIGH_BYTES = 1_048_576;
const LOW_BYTES = 262_144;

/** Bytes that are sealed at a time. */
const TURN_BYTES = 65_536;

/** How long it may take, after `close`, until some of the rest is handed over, in milliseconds. */
export const CLOSE_PATIENCE_MS = 1000;

type State = "shaking-hands" | "open" | "ending" | "over";

export class ChannelConnection implements Connection, PipeListener {
  readonly #channel: SecureChannel;
  readonly #owner: ChannelOwner;
  readonly #pipe: MessagePipe;
  #handler: ConnectionHandler | undefined;
  #state: State = "shaking-hands";
  #queue: Uint8Array[] = [];
  #queueBytes = 0;
  #willPump = false;
  /** Something was sent, and nobody has been told yet that it is gone. */
  #owesDrained = false;
  #patience: ReturnType<typeof setTimeout> | undefined;

  /** @param openPipe makes the pipe, which tells nothing within the call */
  constructor(
    channel: SecureChannel,
    owner: ChannelOwner,
    openPipe: (listener: PipeListener) => MessagePipe,
  ) {
    this.#channel = channel;
    this.#owner = owner;
    this.#pipe = openPipe(this);
  }

  get queuedBytes(): number {
    if (this.#state === "over") return 0;
    return this.#queueBytes + (this.#state === "shaking-hands" ? 0 : this.#pipe.bufferedBytes);
  }

  send(bytes: Uint8Array): void {
    if (this.#state === "ending" || this.#state === "over" || bytes.length === 0) return;
    this.#queue.push(bytes);
    this.#queueBytes += bytes.length;
    this.#owesDrained = true;
    this.#schedulePump();
  }

  /** Sends what is queued and ends. What makes no headway for {@linkcode CLOSE_PATIENCE_MS} is lost. */
  close(): void {
    if (this.#state === "shaking-hands") return this.#finish();
    if (this.#state !== "open") return;
    this.#state = "ending";
    this.#schedulePump();
    this.#watchHeadway(this.queuedBytes);
  }

  /** Ends at once and says why. */
  fail(error: ConnectionError): void {
    const [wasOpen, handler] = [this.#state === "open", this.#handler];
    const isTold = wasOpen || this.#state === "shaking-hands";
    this.#finish();
    if (!isTold) return;
    if (wasOpen) handler?.closed(error);
    else this.#owner.failed(error);
  }

  opened(): void {
    this.#sendMessages();
  }

  received(message: Uint8Array): void {
    if (this.#state === "over") return;
    try {
      this.#channel.receive(message);
      for (const event of this.#channel.takeEvents()) {
        if (event.type === "opened") this.#open(event.id, event.binding);
        else if (this.#state === "open") this.#handler?.received(event.bytes);
      }
      // Only now, so that whoever is not the one that was wanted does not learn who this is.
      this.#sendMessages();
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error;
      this.fail({ code: "tls", detail: error.message });
    }
  }

  lowered(): void {
    this.#pump();
  }

  closed(error?: ConnectionError): void {
    if (this.#state === "shaking-hands") return this.fail(error ?? HUNG_UP);
    const [wasOpen, handler] = [this.#state === "open", this.#handler];
    this.#finish();
    if (wasOpen) handler?.closed(error);
  }

  #open(id: NodeId, binding: Uint8Array): void {
    this.#state = "open";
    try {
      this.#handler = this.#owner.proven(id, binding);
    } catch (error) {
      this.#state = "shaking-hands";
      throw error;
    }
    this.#schedulePump();
  }

  #schedulePump(): void {
    if (this.#willPump) return;
    this.#willPump = true;
    queueMicrotask(() => {
      this.#willPump = false;
      this.#pump();
    });
  }

  /** Hands on what there is room for, and tells when nothing is left. */
  #pump(): void {
    if (this.#state !== "open" && this.#state !== "ending") return;
    if (!this.#pipe.isWritable) return;
    while (this.#queueBytes > 0 && this.#pipe.bufferedBytes < HIGH_BYTES) {
      this.#channel.send(this.#takeTurn());
      if (!this.#sendMessages()) return;
    }
    if (this.#queueBytes > 0) return this.#pipe.awaitLow(LOW_BYTES);
    if (this.#pipe.bufferedBytes > 0) return this.#pipe.awaitLow(0);
    if (this.#state === "ending") return this.#pipe.close();
    if (!this.#owesDrained) return;
    this.#owesDrained = false;
    this.#handler?.drained();
  }

  /** The next bytes of the queue, at most TURN_BYTES. */
  #takeTurn(): Uint8Array {
    const pieces: Uint8Array[] = [];
    let room = TURN_BYTES;
    let taken = 0;
    for (const piece of this.#queue) {
      if (piece.length > room) {
        pieces.push(piece.subarray(0, room));
        this.#queue[taken] = piece.subarray(room);
        room = 0;
        break;
      }
      pieces.push(piece);
      room -= piece.length;
      taken++;
    }
    this.#queue.splice(0, taken);
    this.#queueBytes -= TURN_BYTES - room;
    return concatBytes(pieces);
  }

  /** Whether the pipe took all that the channel has to say. */
  #sendMessages(): boolean {
    if (!this.#pipe.isWritable || this.#state === "over") return false;
    try {
      for (const message of this.#channel.takeMessages()) this.#pipe.send(message);
      return true;
    } catch (error) {
      this.fail({ code: "other", detail: (error as Error).message });
      return false;
    }
  }

  /** Ends what stands still after `close`: the far end may be gone without a word. */
  #watchHeadway(left: number): void {
    this.#patience = setTimeout(() => {
      const now = this.queuedBytes;
      if (now < left) this.#watchHeadway(now);
      else this.#finish();
    }, CLOSE_PATIENCE_MS);
  }

  #finish(): void {
    if (this.#state === "over") return;
    this.#state = "over";
    clearTimeout(this.#patience);
    this.#queue = [];
    this.#queueBytes = 0;
    this.#pipe.abort();
    this.#owner.ended();
  }
}

/** Why there is no connection when the far end closes before the handshake is over. */
const HUNG_UP: ConnectionError = { code: "reset", detail: "it hung up during the handshake" };
