/** Somebody who lures a node into dialling, takes the proof out of its hello and shows it to another. */

import { type Address, formatAddress } from "../../src/base/address.ts";
import type { Connection, Signer } from "../../src/base/ports.ts";
import { SeededRandom } from "../../src/base/random.ts";
import type { Cluster } from "../../src/sim/cluster.ts";
import type { SimHost } from "../../src/sim/host.ts";
import { encodeFrame, FrameDecoder } from "../../src/wire/frame.ts";
import { MAX_FRAME_BYTES } from "../../src/wire/limits.ts";
import { encodeLinkMessage } from "../../src/wire/link.ts";
import { decodeMessage, type Message } from "../../src/wire/message.ts";

export class KeyThief {
  readonly address: Address;
  /** The proof that was taken. */
  proof: Uint8Array | undefined;
  /** What was answered when it was shown. */
  refusal: string | undefined;
  readonly #host: SimHost;
  readonly #signer: Signer;

  constructor(cluster: Cluster) {
    this.#host = cluster.network.addHost("fd00::bad");
    this.#signer = cluster.crypto.newSigner(new SeededRandom(1));
    this.#host.id = this.#signer.id;
    this.address = formatAddress({ host: this.#host.ip, port: 8083 });
    const hear = reader((message) => {
      if (message.type === "hello") this.proof = message.introduction.proof;
    });
    this.#host.listen(this.address, {
      listening() {},
      failed() {},
      refused() {},
      accepted: () => ({ opened() {}, received: hear, drained() {}, closed() {} }),
    });
  }

  /** Says hello with the proof that was taken. */
  show(to: Address): void {
    const hear = reader((message) => {
      if (message.type === "refuse") this.refusal = message.reason;
    });
    const connection: Connection = this.#host.dial(to, {
      opened: () => connection.send(this.#hello(to)),
      received: hear,
      drained() {},
      closed() {},
    });
  }

  #hello(seenAt: Address): Uint8Array {
    const introduction = {
      network: "area-net",
      id: this.#signer.id,
      instance: 1,
      label: "thief",
      addresses: [this.address],
      capabilities: [],
      seenAt,
      proof: this.proof ?? new Uint8Array(0),
      successions: [],
    };
    return encodeFrame(encodeLinkMessage({ type: "hello", introduction, wanted: true }));
  }
}

/** Calls `hear` with each message in a stream of bytes. */
function reader(hear: (message: Message) => void): (bytes: Uint8Array) => void {
  const decoder = new FrameDecoder(MAX_FRAME_BYTES);
  return (bytes) => {
    decoder.push(bytes);
    for (let item = decoder.next(); item !== undefined; item = decoder.next()) {
      hear(decodeMessage(item));
    }
  };
}
