/**
 * Connections between browsers, each named by the node id of the other one. They are brought about by
 * signals, which nodes pass on as sealed letters; once there is a connection, no node is needed for it.
 *
 * Whoever is in the network can send signals, and each offer makes the browser gather addresses and
 * knock at others. So offers pass a {@linkcode Doorkeeper} as callers of a node do, counted by who sent
 * them. One that came to nothing keeps its place until its time is over: offers that are withdrawn at
 * once would cost their sender nothing otherwise.
 */

import { type Address, splitAddress, webRtcAddress } from "../../base/address.ts";
import type { NodeId } from "../../base/node_id.ts";
import type {
  Cancel,
  Connection,
  ConnectionError,
  ConnectionHandler,
  Crypto,
  ListenHandler,
  Signalling,
  Signer,
} from "../../base/ports.ts";
import { ChannelError } from "../../session/channel_error.ts";
import { Doorkeeper, type DoorLimits, type TurnedAway } from "../../session/doorkeeper.ts";
import { SecureChannel } from "../../session/secure_channel.ts";
import { WireError } from "../../wire/error.ts";
import { ChannelConnection, type ChannelOwner } from "./channel_connection.ts";
import { FailedPipe } from "./failed_pipe.ts";
import type { MessagePipe, PipeListener } from "./message_pipe.ts";
import { RtcPeer } from "./rtc_peer.ts";
import { decodeSignal, encodeSignal, type Signal } from "./signal.ts";

/** Who connects, and how. */
export interface WebRtcOptions {
  signer: Signer;
  crypto: Crypto;
  /** URLs of STUN servers; others are left out. */
  iceServers: readonly string[];
  /** What callers may hold; those of one node count as those of one address. */
  limits?: DoorLimits;
}

const LIMITS: DoorLimits = { maxHandshakes: 16, handshakeTimeoutMs: 20_000, maxPerHost: 6 };

const SESSION_BYTES = 16;

/** Of a caller that left, or whose signals went wrong, nobody hears: it has trouble of its own. */
const WORTH_TELLING: readonly ConnectionError["code"][] = ["tls"];

export class WebRtc {
  readonly #options: WebRtcOptions;
  readonly #configuration: RTCConfiguration;
  readonly #door: Doorkeeper<string>;
  /** Connections in the making and made, by the other node and the session. */
  readonly #peers = new Map<string, RtcPeer>();
  /** Those that others began and that are not up yet. */
  readonly #callers = new Map<string, ChannelConnection>();
  #signalling: Signalling | undefined;
  #listener: ListenHandler | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: WebRtcOptions) {
    this.#options = options;
    // A browser wants a name and a password for TURN, and without them makes no connection at all.
    const urls = options.iceServers.filter((url) => /^stuns?:/.test(url));
    this.#configuration = { iceServers: urls.length === 0 ? [] : [{ urls }] };
    this.#door = new Doorkeeper(options.limits ?? LIMITS);
  }

  /** Takes the means to send signals; nothing can be dialled without. */
  useSignalling(signalling: Signalling): void {
    this.#signalling = signalling;
  }

  /** Dials the browser whose node id the address holds. Nobody else is accepted there. */
  dial(to: Address, handler: ConnectionHandler): Connection {
    const wanted = splitAddress(to).host as NodeId;
    const session = crypto.getRandomValues(new Uint8Array(SESSION_BYTES)).toHex();
    const owner: ChannelOwner = {
      proven: (id, binding) => {
        if (id !== wanted) throw new ChannelError(`it is ${id}, wanted ${wanted}`);
        handler.opened({ address: to, id, binding });
        return handler;
      },
      failed: (error) => handler.closed(error),
      ended: () => this.#peers.delete(keyOf(wanted, session)),
    };
    const channel = SecureChannel.dial(this.#options);
    return new ChannelConnection(
      channel,
      owner,
      (listener) => this.#openPeer(wanted, session, listener),
    );
  }

  /** Accepts connections until the result is called. */
  listen(handler: ListenHandler): Cancel {
    if (this.#listener !== undefined) return refuseToListen(handler);
    this.#listener = handler;
    queueMicrotask(() => {
      if (this.#listener === handler) {
        handler.listening(webRtcAddress(this.#options.signer.id));
      }
    });
    return () => {
      if (this.#listener !== handler) return;
      this.#listener = undefined;
      for (const caller of [...this.#callers.values()]) caller.close();
    };
  }

  /** A signal came. One that is malformed, or belongs to nothing, comes to nothing. */
  handleSignal(from: NodeId, bytes: Uint8Array): void {
    const signal = readSignal(bytes);
    if (signal === undefined || from === this.#options.signer.id) return;
    const peer = this.#peers.get(keyOf(from, signal.session));
    if (peer !== undefined) peer.handleSignal(signal);
    else if (signal.type === "offer") this.#handleOffer(from, signal);
  }

  #handleOffer(from: NodeId, { session, sdp }: Signal & { type: "offer" | "answer" }): void {
    const [listener, key] = [this.#listener, keyOf(from, session)];
    if (listener === undefined) return this.#end(from, session, "refused");
    const turnedAway = this.#door.knock(performance.now(), key, from);
    if (turnedAway?.caller === key) {
      listener.refused(webRtcAddress(from), turnedAway.reason);
      return this.#end(from, session, "busy");
    }
    if (turnedAway !== undefined) this.#turnAway(turnedAway);
    this.#accept(from, session, sdp, listener);
    this.#watchTime();
  }

  #accept(from: NodeId, session: string, sdp: string, listener: ListenHandler): void {
    const [key, address] = [keyOf(from, session), webRtcAddress(from)];
    let isUp = false;
    const owner: ChannelOwner = {
      proven: (id, binding) => {
        if (id !== from) throw new ChannelError(`it is ${id}, and called as ${from}`);
        isUp = true;
        this.#callers.delete(key);
        this.#door.enter(key);
        return listener.accepted(connection, { address, id, binding });
      },
      failed: ({ code, detail }) => {
        if (WORTH_TELLING.includes(code)) listener.refused(address, detail);
      },
      ended: () => {
        this.#peers.delete(key);
        this.#callers.delete(key);
        if (isUp) this.#door.leave(key);
      },
    };
    const connection = new ChannelConnection(
      SecureChannel.accept(this.#options),
      owner,
      (listener) => this.#openPeer(from, session, listener, sdp),
    );
    this.#callers.set(key, connection);
  }

  #openPeer(id: NodeId, session: string, listener: PipeListener, offer?: string): MessagePipe {
    const signalling = this.#signalling;
    if (signalling === undefined || id === this.#options.signer.id) {
      return new FailedPipe(NO_SIGNALLING, listener);
    }
    try {
      const peer = new RtcPeer({
        session,
        configuration: this.#configuration,
        listener,
        signal: (signal) => this.#send(id, signal),
      }, offer);
      this.#peers.set(keyOf(id, session), peer);
      return peer;
    } catch (error) {
      return new FailedPipe({ code: "other", detail: (error as Error).message }, listener);
    }
  }

  #end(to: NodeId, session: string, reason: (Signal & { type: "end" })["reason"]): void {
    this.#send(to, { type: "end", session, reason });
  }

  /** A description that is too large for a signal is as good as none: the attempt runs out of time. */
  #send(to: NodeId, signal: Signal): void {
    const bytes = encodeSignal(signal);
    if (bytes !== undefined) this.#signalling?.send(to, bytes);
  }

  #turnAway({ caller, reason }: TurnedAway<string>): void {
    const connection = this.#callers.get(caller);
    if (connection === undefined) return;
    connection.close();
    this.#listener?.refused(webRtcAddress(nodeOf(caller)), reason);
  }

  /** Sees to it that those who do not get anywhere are ended in time. */
  #watchTime(): void {
    const next = this.#door.nextWakeup();
    if (this.#timer !== undefined || next === undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      for (const each of this.#door.takeOverdue(performance.now())) this.#turnAway(each);
      this.#watchTime();
    }, Math.max(next - performance.now(), 1));
  }
}

const NO_SIGNALLING: ConnectionError = {
  code: "unreachable",
  detail: "there is no network yet through which the other browser could be asked",
};

/** Sessions are chosen by those who dial: only together with the node they say which one is meant. */
function keyOf(id: NodeId, session: string): string {
  return `${id}/${session}`;
}

function nodeOf(key: string): string {
  return key.slice(0, key.indexOf("/"));
}

function readSignal(bytes: Uint8Array): Signal | undefined {
  try {
    return decodeSignal(bytes);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return undefined;
  }
}

function refuseToListen(handler: ListenHandler): Cancel {
  let isStopped = false;
  queueMicrotask(() => {
    if (isStopped) return;
    handler.failed({ code: "address-in-use", detail: "this browser's node listens already" });
  });
  return () => {
    isStopped = true;
  };
}
