/** A tab with the page of rooms, as somebody uses it who is in it. */

import type { Page } from "playwright-core";

/** How long a test waits for what should be there within some seconds. */
const PATIENCE_MS = 30_000;

/** What the connections to other browsers tell of themselves. */
export interface PeerStats {
  /** Connections that were made in this tab, those that are over included. */
  connections: number;
  /** Of those that are up: bytes over their data channels, and pairs of addresses that work. */
  open: { sent: number; received: number; pairs: number }[];
}

export class RoomsTab {
  readonly name: string;
  readonly page: Page;

  constructor(name: string, page: Page) {
    this.name = name;
    this.page = page;
  }

  /** Opens the page that a node serves, and goes in by name. */
  async enter(url: string): Promise<void> {
    await this.page.addInitScript(watchConnections);
    await this.page.goto(url);
    await this.page.fill("#name", this.name);
    await this.page.click("#entrance button[type=submit]");
    await this.untilStatus("connected");
  }

  /** Joins a room; what is wrong with it, or nothing. */
  async join(room: string): Promise<string> {
    await this.page.fill("#room", room);
    await this.page.click("#join button");
    return await this.page.locator("#join-problem").innerText();
  }

  async say(text: string): Promise<void> {
    const field = this.page.locator(".conversation:not([hidden]) textarea");
    await field.fill(text);
    await field.press("Enter");
  }

  /** Waits until somebody has said something in the room that is looked at. */
  async untilHeard(from: string, text: string): Promise<void> {
    await this.until(([from, text]) => {
      let by = "";
      const lines = document.querySelectorAll(".conversation:not([hidden]) .log .message");
      return [...lines].some((line) => {
        by = line.classList.contains("follows") ? by : line.querySelector(".by")?.textContent ?? "";
        return by.startsWith(from) && line.querySelector(".text")?.textContent === text;
      });
    }, [from, text] as const);
  }

  /** Waits until the log says that somebody came or went. */
  async untilTold(sentence: string): Promise<void> {
    await this.until((sentence) => {
      const lines = document.querySelectorAll(".conversation:not([hidden]) .presence .text");
      return [...lines].some((line) => line.textContent === sentence);
    }, sentence);
  }

  /** Waits until these are listed as members, besides this one, and no others. */
  async untilMembers(...names: readonly string[]): Promise<void> {
    await this.until((wanted) => {
      const labels = document.querySelectorAll(".conversation:not([hidden]) .members .label");
      return [...labels].map((label) => label.textContent).sort().join() === wanted;
    }, [this.name, ...names].sort().join());
  }

  /** Waits until the page stands so with the network. */
  async untilStatus(state: "connected" | "direct" | "alone", through = ""): Promise<void> {
    await this.until(([state, through]) => {
      const status = document.getElementById("status");
      return status?.dataset.state === state && status.textContent?.includes(through);
    }, [state, through] as const);
  }

  /** Waits until so many members are linked with this one directly. */
  async untilDirect(count: number): Promise<void> {
    await this.until((count) => {
      const ways = document.querySelectorAll(".conversation:not([hidden]) .members .way");
      return [...ways].filter((way) => way.textContent === "direct").length === count;
    }, count);
  }

  /** What was said in the room that is looked at, one message after the other. */
  messages(): Promise<string[]> {
    return this.page.locator(".conversation:not([hidden]) .log .message .text").allTextContents();
  }

  stats(): Promise<PeerStats> {
    return this.page.evaluate(readStats);
  }

  async until<T>(holds: (argument: T) => unknown, argument: T): Promise<void> {
    try {
      await this.page.waitForFunction(holds as never, argument, {
        timeout: PATIENCE_MS,
        polling: 50,
      });
    } catch (error) {
      const text = await this.page.locator("body").innerText();
      throw new Error(`${this.name} waited in vain for ${JSON.stringify(argument)} in:\n${text}`, {
        cause: error,
      });
    }
  }

  /** Keeps a picture of the page among the reports of the tests. */
  async keep(name: string): Promise<void> {
    await Deno.mkdir(REPORTS, { recursive: true });
    await this.page.screenshot({ path: new URL(`${name}.png`, REPORTS).pathname });
  }
}

const REPORTS = new URL("../../.reports/", import.meta.url);

/** A page in which every connection to another browser is noted. */
type WatchedPage = typeof globalThis & { connections: RTCPeerConnection[] };

/** Runs in the page, before anything of it does. */
function watchConnections(): void {
  const page = globalThis as WatchedPage;
  page.connections = [];
  page.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      page.connections.push(this);
    }
  };
}

/** Runs in the page. */
async function readStats(): Promise<PeerStats> {
  const { connections } = globalThis as WatchedPage;
  const open = connections.filter(({ connectionState }) => connectionState === "connected");
  const reports = await Promise.all(open.map((connection) => connection.getStats()));
  return {
    connections: connections.length,
    open: reports.map((report) => {
      const all = [...report.values()];
      const channels = all.filter(({ type, state }) => type === "data-channel" && state === "open");
      const pairs = all.filter(({ type, state }) =>
        type === "candidate-pair" && state === "succeeded"
      );
      const sum = (name: string) => channels.reduce((total, channel) => total + channel[name], 0);
      return { sent: sum("bytesSent"), received: sum("bytesReceived"), pairs: pairs.length };
    }),
  };
}
