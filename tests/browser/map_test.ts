/** The live map of real nodes in a real browser. */

import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { openNode } from "../../mod.ts";
import { openMapServer } from "../../src/io/map_server.ts";
import { LinkedNodes, RING } from "../processes/linked_nodes.ts";
import { MapSource } from "../web/map_source.ts";
import type { Change } from "../../src/web/map/network.ts";
import { change, fiveNodes, idOf, link, manyNodes, node } from "../web/networks.ts";
import { Chromium, chromiumOrWarning, type Conduct } from "./chromium.ts";
import { MapView } from "./map_view.ts";

const path = chromiumOrWarning("the live map in a browser");

/** What a test is given. */
interface Scene {
  view: MapView;
  conduct: Conduct;
  /** Serves a map on loopback for as long as the page is open. */
  serve(...changes: Change[]): Promise<{ source: MapSource; url: string }>;
  /** Keeps something for as long. */
  keep<T extends AsyncDisposable>(it: T): T;
}

/** A test with a page of its own, whose conduct must be faultless at the end. */
function test(
  name: string,
  run: (scene: Scene) => Promise<void>,
  options: Parameters<Chromium["open"]>[0] = {},
): void {
  Deno.test({
    name: `MapPage: ${name}`,
    ignore: path === undefined,
    async fn() {
      await using chromium = await Chromium.launch(path ?? "");
      const { page, conduct } = await chromium.open(options);
      await using kept = new AsyncDisposableStack();
      await run({
        view: new MapView(page),
        conduct,
        keep: (it) => kept.use(it),
        async serve(...changes) {
          const source = new MapSource(...changes);
          const { url } = kept.use(await openMap(source));
          return { source, url };
        },
      });
      const hosts = new Set(conduct.requests.map((request) => new URL(request).host));
      // Pictures that the page holds itself have no host.
      hosts.delete("");
      assertEquals(hosts.size, 1, `Asked for things at ${[...hosts].join(", ")}`);
      assertEquals(conduct.complaints, []);
      assertEquals(conduct.dialogs, []);
    },
  });
}

/** A map on loopback that is told what a test wants it to show. */
function openMap(source: MapSource, port = 0) {
  return openMapServer({ addr: "::1", port, connect: () => source.connect() });
}

const TIMEOUT_MS = 3_000;
const HASTY = {
  "peers.heartbeat_period": 0.5,
  "peers.heartbeat_timeout": TIMEOUT_MS / 1000,
  "peers.conn_attempt_max_delay": 1,
};

test("five real nodes: all links, one is killed and lost, comes back, and the past is kept", async ({ view, keep }) => {
  const linked = keep(await LinkedNodes.start(RING, HASTY));
  const { code, out } = await linked.ask("bob", "map", "--open");
  assertEquals(code, 0);
  const nodes = ["alice", "bob", "carol", "dave", "erin"];
  await view.open(out.trim(), nodes.length);
  await view.untilState("bob", "own");
  for (const name of nodes.filter((each) => each !== "bob")) await view.untilState(name, "alive");
  assertEquals(await view.links(), 5);
  const label = (name: string) => name === "bob" ? "bob · this node" : name;
  assertEquals((await view.labels()).sort(), nodes.map(label).sort());
  await view.until(() => document.querySelectorAll("[data-link] text").length === 5, undefined);
  await view.keep("map_five_nodes");

  const before = Date.now();
  const killed = linked.node("dave");
  killed.program.signal("SIGKILL");
  await view.untilState("dave", "lost");
  assertLess(Date.now() - before, TIMEOUT_MS, "Later than the heartbeat timeout");
  assertEquals((await view.labels()).filter((each) => each.endsWith("lost")), ["dave · lost"]);
  await view.keep("map_node_lost");

  await view.goTo(before - 100);
  await view.untilState("dave", "alive");
  assertMatch(await view.page.locator("#time-text").innerText(), /ago$|now$/);

  await linked.add("dave", [linked.address("alice")], HASTY);
  await killed[Symbol.asyncDispose]();
  await view.page.click("#live");
  await view.untilState("dave", "alive");
  await view.goTo(before + TIMEOUT_MS);
  await view.page.click("#tab-news");
  const news = await view.page.locator("#news li span").allTextContents();
  assert(news.indexOf("dave is back") < news.indexOf("dave was lost"), news.join("; "));
});

test("a label that is markup is shown as text, and nothing comes of it", async ({ view, conduct, keep }) => {
  const label = "<img src=x onerror=alert(1)>";
  const bob = keep(await openNode({ settings: { label: "bob" } }));
  keep(await openNode({ settings: { label }, targets: [bob.address] }));
  const { url } = await bob.control.call("page", {});
  await view.open(url, 2);
  await view.until((label) => document.body.textContent?.includes(`link ${label} → bob`), label);
  assert((await view.labels()).includes("<img src=x onerror=…"));
  await view.page.locator("[data-node]:not(.own)").click();
  await view.until(
    (label) => document.getElementById("details-title")?.textContent === label,
    label,
  );
  assertEquals(await view.page.locator("img, iframe, object").count(), 0);
  assertEquals(conduct.requests.filter((request) => /\/x$/.test(request)), []);
});

test(
  "a node that restarts is waited for in the open, and its new history replaces the old",
  async ({ view, conduct, keep }) => {
    const first = new MapSource(fiveNodes(Date.now()));
    const server = await openMap(first);
    const port = Number(new URL(server.url).port);
    await view.open(server.url, 5);
    await view.untilStatus("live");
    await server.close();
    await view.untilStatus("reconnecting");
    assertStringIncludes(await view.page.locator("#notice").innerText(), "trying again");
    const nodes = [node("bob", "own"), node("frank")];
    keep(await openMap(new MapSource(change(Date.now(), { nodes })), port));
    await view.untilDrawn(2);
    await view.untilStatus("live");
    assertEquals(await view.page.locator("#notice").isVisible(), false);
    // What a browser says of a connection that it could not make is no fault of the page.
    conduct.complaints = conduct.complaints.filter((each) => !/ERR_/.test(each));
  },
);

test(
  "beyond loopback it works with the token, and says what to do once that is not valid",
  async ({ view, conduct, keep }) => {
    const source = new MapSource(fiveNodes());
    const anywhere = (port: number) =>
      openMapServer({ addr: "0.0.0.0", port, connect: () => source.connect() });
    const server = await anywhere(0);
    const port = Number(new URL(server.url).port);
    await view.open(server.url, 5);
    await view.untilStatus("live");
    await server.close();
    keep(await anywhere(port));
    await view.untilStatus("not allowed");
    assertStringIncludes(await view.page.locator("#notice").innerText(), "area-net map --open");
    conduct.complaints = conduct.complaints.filter((each) => !/ERR_|403/.test(each));
  },
);

test("keys lead from node to node, open the details, search and zoom", async ({ view, serve }) => {
  const { url } = await serve(fiveNodes(Date.now()));
  await view.open(url, 5);
  const { page } = view;
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("data-node"));
  await page.locator('[data-node][tabindex="0"]').focus();
  const start = await focused();
  const seen = new Set([start]);
  for (const key of ["ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft"]) {
    await page.keyboard.press(key);
    seen.add(await focused());
  }
  assert(seen.size >= 4, `Expected to have come around, seen ${[...seen]}`);
  const reached = await focused() ?? "";
  await page.keyboard.press("Enter");
  await view.until(
    (id) => document.querySelector("#details-facts .id")?.textContent === id,
    reached,
  );
  assertEquals(await page.evaluate(() => document.activeElement?.id), "details");
  await page.keyboard.press("Escape");
  await view.until(() => (document.getElementById("details") as HTMLElement).hidden, undefined);

  await page.keyboard.press("/");
  await page.keyboard.type("erin");
  await view.until(() => document.getElementById("found")?.textContent === "1", undefined);
  await view.until(() => document.querySelectorAll("#nodes tbody tr").length === 1, undefined);
  await view.until(() => document.querySelectorAll("[data-node].faded").length === 4, undefined);
  await page.keyboard.press("Enter");
  await view.until(
    () => document.getElementById("details-title")?.textContent === "erin",
    undefined,
  );
  assertEquals(await page.locator("#details-links tbody tr").count(), 4);
  await page.keyboard.press("Escape");
  await view.until(() => document.querySelectorAll("#nodes tbody tr").length === 5, undefined);
});

test("what changes is said aloud, and round trips are not", async ({ view, serve }) => {
  const { source, url } = await serve(fiveNodes(Date.now()));
  await view.open(url, 5);
  source.tell(change(Date.now(), { links: [link("erin", "bob", 77_000)] }));
  await view.until(
    () =>
      [...document.querySelectorAll("[data-link] text")].some((each) =>
        each.textContent === "77.0 ms"
      ),
    undefined,
  );
  assertEquals(await view.page.locator("#announcer").innerText(), "");
  source.tell(change(Date.now(), { nodes: [node("erin", "lost")] }));
  await view.until(
    () => document.getElementById("announcer")?.textContent === "erin was lost",
    undefined,
  );
});

test("paused it stays as it is, and catches up when it is live again", async ({ view, serve }) => {
  const { source, url } = await serve(fiveNodes(Date.now()));
  await view.open(url, 5);
  await view.page.click("#pause");
  source.tell(change(Date.now() + 50, { nodes: [node("frank")] }));
  source.tell(change(Date.now() + 60, { nodes: [node("erin", "lost")] }));
  await view.page.click("#tab-news");
  await view.until(() => document.querySelectorAll("#news li").length === 2, undefined);
  assertEquals(await view.page.locator("[data-node]").count(), 5);
  assertEquals(await view.page.locator("[data-node].lost").count(), 0);
  await view.page.click("#tab-nodes");
  await view.page.click("#pause");
  await view.untilDrawn(6);
  await view.untilState("erin", "lost");
});

test("what is shown can be taken away as D2, SVG and JSON, the past too", async ({ view, serve }) => {
  const begin = Date.now() - 60_000;
  const { url } = await serve(
    fiveNodes(begin),
    change(begin + 30_000, { nodes: [node("frank")], links: [link("frank", "bob", 5)] }),
  );
  await view.open(url, 6);
  const { name, text } = await view.export("json");
  assertMatch(name, /^area-net-[-\dT]+\.json$/);
  assertEquals(JSON.parse(text).nodes.length, 6);
  assertStringIncludes((await view.export("d2")).text, "frank");
  await view.goTo(begin + 1000);
  await view.untilDrawn(5);
  const svg = (await view.export("svg")).text;
  assertMatch(svg, /^<svg xmlns/);
  assertEquals(svg.includes("frank"), false);
  assertEquals(JSON.parse((await view.export("json")).text).nodes.length, 5);
});

test("nodes stay where they are when others come, go and change", async ({ view, serve }) => {
  const { source, url } = await serve(manyNodes(40, Date.now()));
  await view.open(url, 40);
  const places = () =>
    view.page.evaluate(() => {
      const nodes = [...document.querySelectorAll("[data-node]")];
      return Object.fromEntries(nodes.map((each) => {
        const [x, y] = each.getAttribute("transform")?.match(/-?[\d.]+/g) ?? [];
        return [each.getAttribute("data-node") ?? "", { x: Number(x), y: Number(y) }];
      }));
    });
  const before = await places();
  source.tell(change(Date.now(), {
    nodes: [node("frank")],
    links: [link("frank", "bob", 900)],
  }));
  await view.untilDrawn(41);
  await view.until(() => {
    const now = document.getElementById("stage")?.innerHTML;
    const page = globalThis as { before?: string };
    const isStill = now === page.before;
    page.before = now ?? "";
    return isStill;
  }, undefined);
  const after = await places();
  const moves = Object.entries(before).map(([id, { x, y }]) => {
    const now = after[id] ?? { x: NaN, y: NaN };
    return Math.hypot(now.x - x, now.y - y);
  });
  assertLess(moves.reduce((sum, move) => sum + move, 0) / moves.length, 25);
});

test("many updates make no more elements, and little of what is there is made anew", async ({ view, serve }) => {
  const { source, url } = await serve(manyNodes(100, Date.now()));
  await view.open(url, 100);
  await view.until(() => document.querySelectorAll("#nodes tbody tr").length === 100, undefined);
  const count = () => view.page.evaluate(() => document.querySelectorAll("*").length);
  await view.page.evaluate(() => document.querySelector("[data-node]")?.setAttribute("kept", ""));
  const [first] = manyNodes(100).links;
  const before = await count();
  for (let at = 1; at <= 500; at++) {
    const state = at % 2 === 0 ? "alive" : "lost";
    source.tell(change(Date.now(), {
      nodes: [node("nbq", state, "node-1")],
      links: first === undefined ? [] : [{ ...first, rtt_us: at }],
    }));
  }
  source.tell(change(Date.now(), { nodes: [node("erin")] }));
  await view.untilDrawn(101);
  assertEquals(await view.page.locator("[kept]").count(), 1);
  // The new node, its row, and what is kept of the news: two hundred lines of three elements each.
  assertLess(await count() - before, 20 + 200 * 3);
});

for (const scheme of ["light", "dark"] as const) {
  test(`three hundred nodes can be read in ${scheme} colours`, async ({ view, serve }) => {
    const { url } = await serve(manyNodes(300, Date.now()));
    await view.open(url, 300);
    assertEquals(await view.links(), 588);
    await view.until(() => {
      const isShown = (each: Element) => getComputedStyle(each).display !== "none";
      const shown = [...document.querySelectorAll(".texts .label")].filter(isShown).length;
      return shown > 10 && shown < 200;
    }, undefined);
    const ground = await view.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const root = await view.page.evaluate(() =>
      getComputedStyle(document.documentElement).backgroundColor
    );
    assert([ground, root].includes(scheme === "light" ? "rgb(247, 248, 250)" : "rgb(15, 19, 24)"));
    await view.keep(`map_300_nodes_${scheme}`);
    await view.page.locator(`[data-node="${idOf("bob")}"]`).click();
    await view.page.locator("#stage").hover();
    for (let notch = 0; notch < 6; notch++) await view.page.mouse.wheel(0, -100);
    await view.until(
      () => !document.getElementById("details")?.hidden,
      undefined,
    );
    await view.keep(`map_300_nodes_${scheme}_near`);
  }, { colorScheme: scheme });
}

test("who wants no motion sees none", async ({ view, serve }) => {
  const { source, url } = await serve(fiveNodes(Date.now()));
  await view.open(url, 5);
  source.tell(change(Date.now(), { nodes: [node("frank")], links: [link("frank", "bob", 5)] }));
  await view.untilDrawn(6);
  const moves = await view.page.evaluate(async () => {
    const frank = [...document.querySelectorAll("[data-node]")].at(-1);
    const places = new Set<string | null | undefined>();
    for (let frame = 0; frame < 30; frame++) {
      await new Promise(requestAnimationFrame);
      places.add(frank?.getAttribute("transform"));
    }
    return places.size;
  });
  assertEquals(moves, 1);
}, { reducedMotion: "reduce" });
