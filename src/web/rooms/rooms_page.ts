/**
 * The page as a whole: it takes a place among the tabs, asks who somebody is, starts a node, and shows
 * how that stands with the network. The node is the same that runs on machines; all the page does is ask
 * it and show it. `rooms_view.ts` has the rooms.
 */

import type { Notice } from "../../controller/notice.ts";
import type { Snapshot } from "../../controller/snapshot.ts";
import { byId, setText } from "../map/page/dom.ts";
import { ThemeButton } from "../map/page/theme.ts";
import { type BrowserNode, openBrowserNode } from "../node/open.ts";
import { takePlace } from "../node/place.ts";
import { newRecord, type NodeRecord, openStore, type RecordStore } from "../node/store.ts";
import { Entrance, type Entry } from "./entrance.ts";
import { KeptKey } from "./kept_key.ts";
import { type PageConfig, parsePageConfig } from "./page_config.ts";
import { RoomsView } from "./rooms_view.ts";
import { directLinks, isAboutKey, type Standing, statusOf, troubleOf } from "./words.ts";

/** Between two attempts to ask the node that serves the page, in milliseconds. */
const RETRY_MS = 3_000;

/** What the page knows once it has begun. */
interface Ground {
  config: PageConfig;
  store: RecordStore;
  place: number;
}

export class RoomsPage {
  readonly #status = byId("status", HTMLElement);
  readonly #notice = byId("notice", HTMLElement);
  readonly #rename = byId("rename", HTMLButtonElement);
  readonly #entrance = new Entrance((entry) => this.#enter(entry));
  readonly #rooms = new RoomsView();
  readonly #keys = new KeptKey();
  #ground: Ground | undefined;
  #record: NodeRecord = newRecord();
  #running: BrowserNode | undefined;
  #wasConnected = false;

  /** Begins, and goes on by itself. */
  async start(): Promise<void> {
    new ThemeButton();
    this.#listen();
    const [place, store, config] = await Promise.all([takePlace(), openStore(), this.#askNode()]);
    this.#ground = { config, store, place: place.number };
    this.#record = await store.read(config.network, place.number) ?? this.#record;
    const entry = { label: this.#record.label, key: this.#keys.read(config.network) };
    const isKnown = entry.label !== "" && (!config.needsKey || entry.key !== "");
    if (isKnown) this.#enter(entry);
    else this.#ask(entry);
  }

  #listen(): void {
    // Who closes the tab leaves, and is not merely lost.
    addEventListener("pagehide", () => this.#running?.leave());
    addEventListener("pageshow", ({ persisted }) => {
      if (persisted) location.reload();
    });
    document.addEventListener("visibilitychange", () => this.#rooms.markRead());
    this.#rename.addEventListener("click", () => {
      const { label } = this.#record;
      this.#stop();
      this.#ask({ label, key: this.#keys.read(this.#ground?.config.network ?? "") });
    });
  }

  /** What the node that serves the page says of the network; asked for until it answers. */
  async #askNode(): Promise<PageConfig> {
    for (;;) {
      try {
        const answer = await fetch("config.json", { cache: "no-store" });
        if (!answer.ok) throw new Error((await answer.text()).trim());
        const config = parsePageConfig(await answer.text());
        this.#show("connecting", "Connecting");
        this.#complain("");
        return config;
      } catch (error) {
        const reason = error instanceof TypeError ? "" : `: ${(error as Error).message}`;
        this.#show("alone", "The node does not answer; trying again");
        this.#complain(reason === "" ? "" : `The node that serves this page says no${reason}`);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /** Asks who somebody is. */
  #ask(entry: Entry, problem?: string): void {
    if (this.#ground === undefined) return;
    const { network, needsKey } = this.#ground.config;
    this.#rename.hidden = true;
    this.#show("connecting", "Not in the network yet");
    this.#complain("");
    this.#entrance.show(network, needsKey, entry, problem);
  }

  #enter({ label, key }: Entry): void {
    if (this.#ground === undefined) return;
    const { config, store, place } = this.#ground;
    this.#keys.keep(config.network, key);
    this.#entrance.hide();
    this.#rename.hidden = false;
    this.#wasConnected = false;
    this.#show("connecting", "Connecting");
    this.#running = openBrowserNode({
      label,
      network: config.network,
      key,
      nodes: config.nodes,
      iceServers: config.iceServers,
      record: this.#record,
      keep: (record) => {
        this.#record = record;
        store.write(config.network, place, record).catch((error: Error) => {
          this.#complain(
            `The browser keeps nothing for this page, so a reload forgets: ${error.message}`,
          );
        });
      },
      tell: (notice) => this.#hear(notice),
      report: (snapshot) => this.#sync(snapshot),
    });
    this.#rooms.begin(this.#running, label);
    this.#update();
  }

  /** Leaves the network, and shows nothing of it any more. */
  #stop(): void {
    this.#rooms.end();
    this.#running?.leave();
    this.#running = undefined;
  }

  #hear(notice: Notice): void {
    const trouble = troubleOf(notice);
    if (trouble !== undefined) this.#complain(trouble);
    if (notice.type === "link-up") this.#complain("");
    if (isAboutKey(notice) && !this.#wasConnected) {
      const { label } = this.#record;
      this.#keys.keep(this.#ground?.config.network ?? "", "");
      // The node tells this from within, and is not to be ended there.
      return queueMicrotask(() => {
        this.#stop();
        this.#ask({ label, key: "" }, "The key is not that of this network.");
      });
    }
    // What it tells follows a change, of which the next report would tell much later.
    queueMicrotask(() => this.#update());
  }

  #update(): void {
    if (this.#running !== undefined) this.#sync(this.#running.node.snapshot());
  }

  /** Brings what is shown of the network and of rooms up to date. */
  #sync(snapshot: Snapshot): void {
    const { state, text } = statusOf(snapshot, this.#wasConnected);
    this.#wasConnected ||= state === "connected";
    this.#show(state, text);
    this.#rooms.sync(directLinks(snapshot));
  }

  #show(state: Standing, text: string): void {
    this.#status.dataset.state = state;
    setText(this.#status, text);
  }

  #complain(text: string): void {
    setText(this.#notice, text);
    this.#notice.hidden = text === "";
  }
}
