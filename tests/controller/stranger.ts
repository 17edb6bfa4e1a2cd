/** Somebody on a simulated network who speaks raw bytes to a node, well or badly. */

import { type Address, formatAddress } from "../../src/base/address.ts";
import type { Connection, Signer } from "../../src/base/ports.ts";
import { SeededRandom } from "../../src/base/random.ts";
import type { Cluster } from "../../src/sim/cluster.ts";
import type { SimHost } from "../../src/sim/host.ts";
import { encodeFrame, FrameDecoder } from "../../src/wire/frame.ts";
import { MAX_FRAME_BYTES } from "../../src/wire/limits.ts";
import { encodeLinkMessage, type Introduction } from "../../src/wire/link.ts";
import { decodeMessage, type Message } from "../../src/wire/message.ts";

/** Bytes that are no frame of this protocol. */
export const GARBAGE = Uint8Array.of(0, 0, 0, 4, 0xff, 0xff, 0xff, 0xff);

/** What a visit says of itself beside what every stranger does. */
export interface VisitOptions {
  /** Which of its names the stranger comes under: each has a key and a machine. */
  number?: number;
  wanted?: boolean;
  /** What it says otherwise than an honest node would. */
  claims?: Partial<Introduction>;
}

interface Mask {
  signer: Signer;
  host: SimHost;
}

export class Stranger {
  readonly #cluster: Cluster;
  readonly #masks = new Map<number, Mask>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** The key that the stranger has under the name `number`. */
  signer(number = 9): Signer {
    return this.#mask(number).signer;
  }

  /** Connects and says nothing. */
  call(to: Address, number = 9): Visit {
    return new Visit(this.#mask(number).host, to);
  }

  /** Connects and says hello. */
  greet(to: Address, { number = 9, wanted = true, claims = {} }: VisitOptions = {}): Visit {
    const { host, signer } = this.#mask(number);
    const introduction: Introduction = {
      network: "area-net",
      id: signer.id,
      instance: number,
      label: `stranger ${number}`,
      addresses: [formatAddress({ host: host.ip, port: 8083 })],
      capabilities: [],
      seenAt: to,
      proof: new Uint8Array(0),
      successions: [],
      ...claims,
    };
    const visit = this.call(to, number);
    visit.say({ type: "hello", introduction, wanted });
    return visit;
  }

  /** Connects, says hello and brings the link up if it may. */
  enter(to: Address, options?: VisitOptions): Visit {
    const visit = this.greet(to, options);
    this.#cluster.until(() => visit.heard.length > 0 || visit.isClosed, 1_000);
    visit.say({ type: "ready" });
    this.#cluster.run(100);
    return visit;
  }

  #mask(number: number): Mask {
    const known = this.#masks.get(number);
    if (known !== undefined) return known;
    const { crypto, network } = this.#cluster;
    // No seed of a cluster is as large, so nobody else has this key.
    const signer = crypto.newSigner(new SeededRandom(0xbad_0000 + number));
    const host = network.addHost(`fd00::bad:${number.toString(16)}`);
    host.id = signer.id;
    const mask = { signer, host };
    this.#masks.set(number, mask);
    return mask;
  }
}

/** One connection of a stranger, and all that it heard. */
export class Visit {
  readonly heard: Message[] = [];
  /** The secret of the connection, once it is open. */
  binding: Uint8Array | undefined;
  isClosed = false;
  readonly #connection: Connection;

  constructor(host: SimHost, to: Address) {
    const decoder = new FrameDecoder(MAX_FRAME_BYTES);
    this.#connection = host.dial(to, {
      opened: ({ binding }) => this.binding = binding,
      received: (bytes) => {
        decoder.push(bytes);
        for (let item = decoder.next(); item !== undefined; item = decoder.next()) {
          this.heard.push(decodeMessage(item));
        }
      },
      drained() {},
      closed: () => this.isClosed = true,
    });
  }

  say(message: Parameters<typeof encodeLinkMessage>[0]): void {
    this.send(encodeFrame(encodeLinkMessage(message)));
  }

  send(bytes: Uint8Array): void {
    this.#connection.send(bytes);
  }

  /** What the other side said as it ended this link, if it did. */
  get farewell(): string | undefined {
    const last = this.heard.at(-1);
    return last?.type === "refuse" || last?.type === "bye" ? last.reason : undefined;
  }
}
