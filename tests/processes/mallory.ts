/**
 * A member of the network that keeps to the protocol of links and maps, so that honest nodes send their
 * messages over it, and does with these messages as a test tells it.
 */

import { connect, type TLSSocket } from "node:tls";
import { type Address, splitAddress } from "../../src/base/address.ts";
import { type NodeId, nodeIdFromBytes, nodeIdToBytes } from "../../src/base/node_id.ts";
import { newAgreementKey } from "../../src/io/agreement_key.ts";
import { signerOf } from "../../src/io/node_crypto.ts";
import { TLS_OPTIONS } from "../../src/io/tls_peer.ts";
import { encodeFrame, FrameDecoder } from "../../src/wire/frame.ts";
import { MAX_FRAME_BYTES } from "../../src/wire/limits.ts";
import { encodeLinkMessage } from "../../src/wire/link.ts";
import { decodeMessage, type Message } from "../../src/wire/message.ts";
import {
  encodeMessagingFrame,
  idAt,
  type MessagingMessage,
  placeOf,
} from "../../src/wire/messaging.ts";
import {
  type Advertisement,
  type CarriedAdvertisement,
  decodeAdvertisement,
  encodeAdvertisement,
  encodeTopologyMessage,
  peekAdvertisement,
} from "../../src/wire/topology.ts";
import { newParty } from "../io/credentials.ts";
import { until } from "../io/until.ts";

export class Mallory implements Disposable {
  /** Told of every message that comes in; at first it is passed on where it is for another node. */
  handle: (message: MessagingMessage) => void = (message) => this.pass(message);
  readonly sealingKey = newAgreementKey();
  readonly #party = newParty();
  readonly #lines = new Map<NodeId, TLSSocket>();
  /** The newest one of every node that was heard of. */
  readonly #advertisements = new Map<NodeId, CarriedAdvertisement>();
  #sequence = 0;

  get id(): NodeId {
    return this.#party.id;
  }

  /** What a node that was heard of said last. */
  advertisement(id: NodeId): Advertisement {
    const carried = this.#advertisements.get(id);
    if (carried === undefined) throw new Error(`Nothing was heard of ${id}`);
    return decodeAdvertisement(carried.body);
  }

  /** Whether there is a link with a node. */
  isLinked(id: NodeId): boolean {
    return this.#lines.has(id);
  }

  /** Links with a node, which then hears of all others, and they of it. */
  async link(address: Address): Promise<void> {
    const { key, cert, id } = this.#party;
    const socket = connect({ ...TLS_OPTIONS, key, cert, ...splitAddress(address) });
    const decoder = new FrameDecoder(MAX_FRAME_BYTES);
    let peer: NodeId | undefined;
    socket.on("error", () => {});
    socket.on("close", () => peer !== undefined && this.#lines.delete(peer));
    socket.on("data", (chunk: Uint8Array) => {
      decoder.push(chunk);
      for (let item; (item = decoder.next()) !== undefined;) {
        const message = decodeMessage(item);
        if (message.type === "welcome") this.#begin(peer = message.introduction.id, socket);
        else if (peer !== undefined) this.#receive(peer, message);
      }
    });
    const introduction = {
      network: "area-net",
      id,
      instance: 1,
      label: "mallory",
      addresses: [],
      capabilities: [],
      seenAt: address,
      proof: new Uint8Array(),
      successions: [],
    };
    const hello = { type: "hello", introduction, wanted: true } as const;
    socket.write(encodeFrame(encodeLinkMessage(hello)));
    // It is up once the node counts it among its own.
    const isUp = (id: NodeId) =>
      this.#advertisements.has(id) &&
      this.advertisement(id).links.some((link) => link.peer === this.id);
    await until(() => socket.closed || (peer !== undefined && isUp(peer)));
    if (socket.closed) throw new Error(`The node at ${address} ended the link`);
  }

  /** Passes a message on as an honest relay would; keeps one that is for nobody else. */
  pass(message: MessagingMessage): void {
    const { route } = message;
    const next = idAt(route, placeOf(route, nodeIdToBytes(this.id)) + 1);
    if (next.length > 0) this.send(nodeIdFromBytes(next), message);
  }

  /** Sends a neighbour any message, true or not. */
  send(to: NodeId, message: MessagingMessage): void {
    for (const piece of encodeMessagingFrame(message)) this.#lines.get(to)?.write(piece);
  }

  [Symbol.dispose](): void {
    for (const socket of this.#lines.values()) socket.destroy();
  }

  #begin(peer: NodeId, socket: TLSSocket): void {
    this.#lines.set(peer, socket);
    this.#say(peer, encodeLinkMessage({ type: "ready" }));
    // One who holds nothing is told all that there is.
    this.#say(peer, encodeTopologyMessage({ type: "index", entries: [] }));
    this.#tell(peer, [...this.#advertisements.values()]);
    this.#advertise();
  }

  #receive(from: NodeId, message: Message): void {
    switch (message.type) {
      case "ping":
        return this.#say(from, encodeLinkMessage({ type: "pong", number: message.number }));
      case "advertisements":
        for (const carried of message.carried) this.#learn(from, carried);
        return;
      case "envelope":
      case "receipt":
      case "bounce":
        return this.handle(message);
    }
  }

  /** Keeps what is news, and tells the others of it. */
  #learn(from: NodeId, carried: CarriedAdvertisement): void {
    const { id, sequence } = peekAdvertisement(carried.body);
    const known = this.#advertisements.get(id);
    if (known !== undefined && peekAdvertisement(known.body).sequence >= sequence) return;
    this.#advertisements.set(id, carried);
    for (const peer of this.#lines.keys()) if (peer !== from) this.#tell(peer, [carried]);
  }

  /** Claims the links that there are, and that they are quick. */
  #advertise(): void {
    const { sign, publicKey } = signerOf(this.#party.privateKey);
    this.#sequence = Math.max(this.#sequence + 1, Date.now());
    const body = encodeAdvertisement({
      id: this.id,
      sequence: this.#sequence,
      publicKey,
      label: "mallory",
      addresses: [],
      left: false,
      links: [...this.#lines.keys()].map((peer) => ({ peer, dialled: true, rttUs: 1 })),
      successions: [],
      sealingKey: this.sealingKey.publicKey,
    });
    const carried = { body, signature: sign(body) };
    for (const peer of this.#lines.keys()) this.#tell(peer, [carried]);
  }

  #tell(peer: NodeId, carried: readonly CarriedAdvertisement[]): void {
    this.#say(peer, encodeTopologyMessage({ type: "advertisements", carried }));
  }

  #say(peer: NodeId, item: Uint8Array): void {
    this.#lines.get(peer)?.write(encodeFrame(item));
  }
}
