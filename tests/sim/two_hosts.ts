/** Two machines on a virtual network, and ends that note what they are told. */

import { formatAddress } from "../../src/base/address.ts";
import { SeededRandom } from "../../src/base/random.ts";
import type { SimHost } from "../../src/sim/host.ts";
import { LAN, type NetworkOptions, SimNetwork } from "../../src/sim/network.ts";
import { Timeline } from "../../src/sim/timeline.ts";
import { Trace } from "../../src/sim/trace.ts";
import { type End, type Part, Stage } from "../transport/stage.ts";

export class TwoHosts {
  readonly timeline = new Timeline();
  readonly trace = new Trace();
  readonly network: SimNetwork;
  readonly here: SimHost;
  readonly there: SimHost;
  readonly #stage: Stage;
  readonly #listening: Stage;

  constructor(seed = 1, options: NetworkOptions = LAN) {
    const random = new SeededRandom(seed);
    this.network = new SimNetwork(this.timeline, this.trace, random, options);
    this.here = this.network.addHost("fd00::1");
    this.there = this.network.addHost("fd00::2");
    this.#stage = this.#stageOf(this.here);
    this.#listening = this.#stageOf(this.there);
  }

  /** The machine there listens on `port`; answers with the ends that it accepts. */
  listen(port = 80): End[] {
    const listener = this.#listening.startListening(
      formatAddress({ host: this.there.ip, port }),
    );
    this.timeline.run(0);
    return listener.ends;
  }

  dial(port = 80, host = this.there.ip, part: Part = {}): End {
    return this.#stage.dial(formatAddress({ host, port }), part);
  }

  /** A connection that is open at both ends. */
  pair(): { near: End; far: End } {
    const ends = this.listen();
    const near = this.dial();
    while (near.told.length === 0) this.timeline.run(10);
    return { near, far: ends[0] as End };
  }

  run(durationMs: number): void {
    this.timeline.run(durationMs);
  }

  /** Separates the two machines. */
  cut(): void {
    this.network.cut([this.here], [this.there]);
  }

  #stageOf(transport: SimHost): Stage {
    const freeAddress = () => formatAddress({ host: transport.ip, port: 0 });
    return new Stage({ transport, freeAddress, until: () => Promise.resolve() });
  }
}
