/**
 * The live map of a node, which is served from the start, once somebody asks for it, or never. All
 * that it takes is loaded only then: a node whose map nobody looks at pays nothing for it.
 */

import { formatAddress } from "../base/address.ts";
import type { ControlClient } from "../control/client.ts";
import type { PageOutcome } from "../control/handler.ts";
import type { Notice } from "../controller/notice.ts";
import { connectionError } from "./connection_error.ts";
import type { MapServer } from "./map_server.ts";

/** Where the map is to be, whose it is, and who hears of it. */
export interface LiveMapOptions {
  addr: string;
  /** 0: any free port, and only once somebody asks. */
  port: number;
  connect(): ControlClient;
  tell(notice: Notice): void;
}

export class LiveMap {
  readonly #options: LiveMapOptions;
  #opening: Promise<MapServer> | undefined;
  #isClosed = false;

  constructor(options: LiveMapOptions) {
    this.#options = options;
  }

  /** Serves it from the start. That it cannot be is told, and no reason to stop. */
  async start(): Promise<void> {
    const { addr, port, tell } = this.#options;
    const address = formatAddress({ host: addr, port });
    try {
      await this.#server();
      // The token is for those who may ask the node, not for all who read its log.
      tell({ type: "map-open", address });
    } catch (error) {
      tell({ type: "map-failed", address, reason: detailOf(error) });
    }
  }

  /** Serves it unless it is served already, and tells where. */
  async open(done: (outcome: PageOutcome) => void): Promise<void> {
    done(await this.#outcome());
  }

  /** Ends it for good. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const server = await this.#opening?.catch(() => undefined);
    await server?.close();
  }

  async #outcome(): Promise<PageOutcome> {
    const { addr, port } = this.#options;
    if (this.#isClosed) return { problem: "The node leaves the network, and its map ends with it" };
    try {
      return { url: (await this.#server()).url };
    } catch (error) {
      const where = formatAddress({ host: addr, port });
      return {
        problem: `Could not serve the map at ${where}: ${detailOf(error)}. Start the node with ` +
          "-s network.controller.map.addr=ADDR or -s network.controller.map.port=PORT, " +
          "an address of this machine and a free port",
      };
    }
  }

  /** One that could not be opened can be tried again. */
  #server(): Promise<MapServer> {
    this.#opening ??= this.#listen().catch((error) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #listen(): Promise<MapServer> {
    const { addr, port, connect } = this.#options;
    const { openMapServer } = await import("./map_server.ts");
    return await openMapServer({ addr, port, connect });
  }
}

function detailOf(error: unknown): string {
  return error instanceof Error ? connectionError(error).detail : String(error);
}
