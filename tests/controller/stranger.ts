/** Somebody on a simulated network who speaks raw bytes to a node, well or badly. */

import { type Address, formatAddress } from "../../src/base/address.ts";
import type { Connection } from "../../src/base/ports.ts";
import type { Cluster } from "../../src/sim/cluster.ts";
import type { SimHost } from "../../src/sim/host.ts";
import { encodeFrame, FrameDecoder } from "../../src/wire/frame.ts";
import { MAX_FRAME_BYTES } from "../../src/wire/limits.ts";
import { encodeLinkMessage, type Introduction } from "../../src/wire/link.ts";
import { decodeMessage, type Message } from "../../src/wire/message.ts";
import { idOf } from "../topology/ids.ts";

/** Bytes that are no frame of this protocol. */
export const GARBAGE = Uint8Array.of(0, 0, 0, 4, 0xff, 0xff, 0xff, 0xff);

/** What a visit says of itself beside what every stranger does. */
export interface VisitOptions {
  number?: number;
  wanted?: boolean;
  network?: string;
}

export class Stranger {
  readonly host: SimHost;
  readonly #cluster: Cluster;

  constructor(cluster: Cluster, ip = "fd00::bad") {
    this.#cluster = cluster;
    this.host = cluster.network.addHost(ip);
  }

  /** Connects and says nothing. */
  call(to: Address): Visit {
    return new Visit(this.host, to);
  }

  /** Connects and says hello. */
  greet(
    to: Address,
    { number = 9, wanted = true, network = "area-net" }: VisitOptions = {},
  ): Visit {
    const visit = this.call(to);
    const introduction: Introduction = {
      network,
      id: idOf(number),
      instance: number,
      label: `stranger ${number}`,
      addresses: [formatAddress({ host: this.host.ip, port: 8083 })],
      capabilities: [],
      seenAt: to,
    };
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
}

/** One connection of a stranger, and all that it heard. */
export class Visit {
  readonly heard: Message[] = [];
  isClosed = false;
  readonly #connection: Connection;

  constructor(host: SimHost, to: Address) {
    const decoder = new FrameDecoder(MAX_FRAME_BYTES);
    this.#connection = host.dial(to, {
      opened() {},
      received: (bytes) => {
        decoder.push(bytes);
        for (let item = decoder.next(); item !== undefined; item = decoder.next()) {
          this.heard.push(decodeMessage(item));
        }
      },
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
