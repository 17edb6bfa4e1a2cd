/**
 * The page of rooms, and with it the door by which browsers come in: open from the start, once
 * somebody asks for the page, or never.
 */

import { type Address, formatAddress, splitAddress, webSocketAddress } from "../base/address.ts";
import type { ConnectionError } from "../base/ports.ts";
import type { PageOpener, PageOutcome } from "../control/handler.ts";
import type { Notice } from "../controller/notice.ts";
import { pageUrl } from "./page_response.ts";

/** Where browsers come in, who opens the door, and who hears of it. */
export interface BrowserPageOptions {
  addr: string;
  /** 0: any free port, and only once somebody asks. */
  port: number;
  /** Has the node listen at one more address. */
  listenAlso(
    at: Address,
    handlers: { listening(at: Address): void; failed(error: ConnectionError): void },
  ): void;
  tell(notice: Notice): void;
}

type State =
  | { type: "closed" }
  /** With those who wait to hear of it. */
  | { type: "opening"; waiting: ((outcome: PageOutcome) => void)[] }
  | { type: "open"; url: string }
  /** The node leaves. */
  | { type: "ended" };

const ENDED: PageOutcome = { problem: "The node leaves the network, and its page ends with it" };

export class BrowserPage {
  readonly #options: BrowserPageOptions;
  #state: State = { type: "closed" };

  constructor(options: BrowserPageOptions) {
    this.#options = options;
  }

  /** Opens it unless it is open, and tells where. */
  readonly open: PageOpener = (done) => {
    switch (this.#state.type) {
      case "open":
        return done({ url: this.#state.url });
      case "ended":
        return done(ENDED);
      case "opening":
        this.#state.waiting.push(done);
        return;
      case "closed":
        this.#state = { type: "opening", waiting: [done] };
        return this.#listen();
      default:
        this.#state satisfies never;
    }
  };

  /** Opens it from the start. That it cannot be is told, and no reason to stop. */
  async start(): Promise<void> {
    await new Promise((resolve) => this.open(resolve));
  }

  /** The node leaves, and listens nowhere any more. */
  end(): void {
    this.#settle({ type: "ended" }, ENDED);
  }

  #listen(): void {
    const { listenAlso, tell } = this.#options;
    listenAlso(webSocketAddress(this.#wanted), {
      listening: (at) => {
        const { host, port } = splitAddress(at);
        const address = formatAddress({ host, port });
        const url = pageUrl(address);
        tell({ type: "browsers-open", address });
        this.#settle({ type: "open", url }, { url });
      },
      // It can be tried again.
      failed: (error) => {
        tell({ type: "browsers-failed", address: this.#wanted, reason: error.detail });
        this.#settle({ type: "closed" }, { problem: this.#problem(error) });
      },
    });
  }

  get #wanted(): Address {
    const { addr, port } = this.#options;
    return formatAddress({ host: addr, port });
  }

  #problem({ detail }: ConnectionError): string {
    return `Could not take browsers at ${this.#wanted}: ${detail}. Start the node with ` +
      "-s network.controller.browsers.addr=ADDR or -s network.controller.browsers.port=PORT, " +
      "an address of this machine and a free port";
  }

  #settle(state: State, outcome: PageOutcome): void {
    const before = this.#state;
    if (before.type === "ended") return;
    this.#state = state;
    if (before.type !== "opening") return;
    for (const done of before.waiting) done(outcome);
  }
}
