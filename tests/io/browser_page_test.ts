import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Address, parseAddress } from "../../src/base/address.ts";
import type { ConnectionError } from "../../src/base/ports.ts";
import type { PageOutcome } from "../../src/control/handler.ts";
import type { Notice } from "../../src/controller/notice.ts";
import { BrowserPage } from "../../src/io/browser_page.ts";

/** A page of a node that listens when it is told to. */
class Rig {
  readonly notices: Notice[] = [];
  readonly outcomes: PageOutcome[] = [];
  readonly asked: Address[] = [];
  /** Tells how the last listening went. */
  told!: { listening(at: Address): void; failed(error: ConnectionError): void };
  readonly page = new BrowserPage({
    addr: "::",
    port: 8100,
    tell: (notice) => this.notices.push(notice),
    listenAlso: (at, handlers) => {
      this.asked.push(at);
      this.told = handlers;
    },
  });

  open(): void {
    this.page.open((outcome) => this.outcomes.push(outcome));
  }

  get problem(): string {
    const last = this.outcomes.at(-1);
    return last !== undefined && "problem" in last ? last.problem : "";
  }
}

const BOUND = parseAddress("ws://[::]:8100");
const TAKEN = { code: "address-in-use", detail: "address in use" } as const;

Deno.test("BrowserPage: all who ask while it opens hear of it, and who asks later at once", () => {
  const rig = new Rig();
  rig.open();
  rig.open();
  assertEquals([rig.asked, rig.outcomes], [[BOUND], []]);
  rig.told.listening(BOUND);
  rig.open();
  assertEquals(rig.outcomes, new Array(3).fill({ url: "http://[::1]:8100/" }));
  assertEquals(rig.asked.length, 1);
  assertEquals(rig.notices, [{ type: "browsers-open", address: parseAddress("[::]:8100") }]);
});

Deno.test("BrowserPage: what cannot be opened is told with what to do, and can be tried again", () => {
  const rig = new Rig();
  rig.open();
  rig.told.failed(TAKEN);
  assertStringIncludes(rig.problem, "Could not take browsers at [::]:8100: address in use. Start");
  assertEquals(rig.notices.map(({ type }) => type), ["browsers-failed"]);
  rig.open();
  rig.told.listening(BOUND);
  assertEquals(rig.outcomes.at(-1), { url: "http://[::1]:8100/" });
});

Deno.test("BrowserPage: a door that closes by itself is told, and opened again by whoever asks", () => {
  const rig = new Rig();
  rig.open();
  rig.told.listening(BOUND);
  rig.told.failed(TAKEN);
  assertEquals(rig.notices.map(({ type }) => type), ["browsers-open", "browsers-failed"]);
  rig.open();
  assertEquals([rig.asked.length, rig.outcomes.length], [2, 1]);
});

Deno.test("BrowserPage: once the node leaves, who waits and who asks hears so", () => {
  const rig = new Rig();
  rig.open();
  rig.page.end();
  assertStringIncludes(rig.problem, "leaves the network");
  rig.open();
  assertStringIncludes(rig.problem, "leaves the network");
  assertEquals([rig.outcomes.length, rig.asked.length], [2, 1]);
  rig.page.end();
  rig.told.listening(BOUND);
  rig.open();
  assertStringIncludes(rig.problem, "leaves the network");
});

Deno.test("BrowserPage: from the start it is awaited, whether it works or not", async () => {
  for (const end of ["listening", "failed"] as const) {
    const rig = new Rig();
    let isOver = false;
    const started = rig.page.start().then(() => isOver = true);
    await Promise.resolve();
    assert(!isOver);
    if (end === "listening") rig.told.listening(BOUND);
    else rig.told.failed(TAKEN);
    await started;
  }
});
