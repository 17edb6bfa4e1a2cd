/** Real Chromium, driven from tests and benchmarks. */

import type { Browser, BrowserContext, Page } from "playwright-core";

/** Where Debian and its kin, and others, put it. */
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Where Chromium is on this machine; undefined where it is not. */
export function findChromium(): string | undefined {
  return PLACES.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/**
 * Where Chromium is, for a test that needs it and is skipped where there is none: not silently, since
 * a skipped test is easily taken for one that went well.
 */
export function chromiumOrWarning(what: string): string | undefined {
  const path = findChromium();
  if (path === undefined) {
    console.warn(`SKIPPED: ${what}, since there is no Chromium (looked at ${PLACES.join(", ")})`);
  }
  return path;
}

/** What a page did besides what it was asked to. */
export interface Conduct {
  /** Errors and warnings of its console, uncaught exceptions among them. */
  complaints: string[];
  /** Addresses of everything that it asked for. */
  requests: string[];
  /** Dialogs that it opened. */
  dialogs: string[];
}

/** A browser with pages whose conduct is watched. */
export class Chromium implements AsyncDisposable {
  readonly #browser: Browser;

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async launch(executablePath: string): Promise<Chromium> {
    // As it is loaded it looks whether this is Windows in disguise, at a file of the kernel that Deno
    // lets nobody see who may not do everything; so told, it does not look.
    Deno.env.set("__IS_WSL_TEST__", "1");
    const { chromium } = await import("playwright-core");
    return new Chromium(await chromium.launch({ executablePath, args: FLAGS }));
  }

  get browser(): Browser {
    return this.#browser;
  }

  /** A page of its own session, as large as a laptop's screen. */
  async open(
    options: Parameters<Browser["newContext"]>[0] = {},
  ): Promise<{ page: Page; context: BrowserContext; conduct: Conduct }> {
    const viewport = { width: 1360, height: 820 };
    const context = await this.#browser.newContext({ viewport, ...options });
    const page = await context.newPage();
    const conduct: Conduct = { complaints: [], requests: [], dialogs: [] };
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) conduct.complaints.push(message.text());
    });
    page.on("pageerror", (error) => conduct.complaints.push(String(error)));
    page.on("request", (request) => conduct.requests.push(request.url()));
    page.on("dialog", (dialog) => {
      conduct.dialogs.push(dialog.message());
      dialog.dismiss().catch(() => {});
    });
    return { page, context, conduct };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}
