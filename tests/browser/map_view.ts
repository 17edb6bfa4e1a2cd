/** The live map as somebody sees it who looks at the page. */

import type { Page } from "playwright-core";

/** How long a test waits for what should be there within a second or two. */
const PATIENCE_MS = 20_000;

export class MapView {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens the map, and waits until so many nodes are drawn. */
  async open(url: string, nodes: number): Promise<void> {
    await this.page.goto(url);
    await this.untilDrawn(nodes);
  }

  /** Waits until the drawing has exactly so many nodes, each in its place. */
  async untilDrawn(nodes: number): Promise<void> {
    await this.until((wanted) => {
      const all = document.querySelectorAll("[data-node]").length;
      return all === wanted && document.querySelectorAll("[data-node][transform]").length === all;
    }, nodes);
  }

  /** Waits until something holds in the page. */
  async until<T>(holds: (argument: T) => unknown, argument: T): Promise<void> {
    await this.page.waitForFunction(holds as never, argument, {
      timeout: PATIENCE_MS,
      polling: 20,
    });
  }

  /** Waits until a node is in a state: in the drawing, by its class and its words, and in the table. */
  async untilState(label: string, state: "alive" | "lost" | "left" | "own"): Promise<void> {
    const word = state === "own" ? "this node" : state;
    await this.until(([label, state, word]) => {
      const isDrawn = [...document.querySelectorAll(`.node.${state}[data-node]`)]
        .some((node) => node.getAttribute("aria-label")?.startsWith(`${label} (`));
      const isListed = [...document.querySelectorAll("#nodes tbody tr")].some((row) => {
        const [name, shown] = [...row.querySelectorAll("td")].map((cell) => cell.textContent);
        return name?.startsWith(`${label} (`) && shown === word;
      });
      return isDrawn && isListed;
    }, [label, state, word] as const);
  }

  /** Labels as they stand in the drawing, those that there is no room for too. */
  labels(): Promise<string[]> {
    return this.page.locator(".texts .label").allTextContents();
  }

  /** Links that are drawn. */
  links(): Promise<number> {
    return this.page.locator("[data-link]").count();
  }

  /** What the page says of its connection. */
  status(): Promise<string> {
    return this.page.locator("#status").innerText();
  }

  async untilStatus(status: string): Promise<void> {
    await this.until(
      (wanted) => document.getElementById("status")?.textContent === wanted,
      status,
    );
  }

  /** Moves the time slider to a moment, in milliseconds since 1970. */
  async goTo(moment: number): Promise<void> {
    await this.page.locator("#time").evaluate((slider, moment) => {
      (slider as HTMLInputElement).value = String(moment);
      slider.dispatchEvent(new Event("input"));
    }, moment);
  }

  /** The text of a file that the page hands out. */
  async export(kind: "svg" | "d2" | "json"): Promise<{ name: string; text: string }> {
    await this.page.click("#export summary");
    const waiting = this.page.waitForEvent("download");
    await this.page.click(`#export-${kind}`);
    const download = await waiting;
    const text = await Deno.readTextFile(await download.path());
    return { name: download.suggestedFilename(), text };
  }

  /** Keeps a picture of the page among the reports of the tests. */
  async keep(name: string): Promise<void> {
    await Deno.mkdir(REPORTS, { recursive: true });
    const path = new URL(`${name}.png`, REPORTS).pathname;
    await this.page.screenshot({ path });
  }
}

const REPORTS = new URL("../../.reports/", import.meta.url);
