/** Rooms of real nodes in real browsers. */

import { assert, assertEquals, assertGreater, assertMatch } from "@std/assert";
import { openNode } from "../../mod.ts";
import { LinkedNodes } from "../processes/linked_nodes.ts";
import { Chromium, chromiumOrWarning, type Conduct } from "./chromium.ts";
import { networkOrWarning } from "./network.ts";
import { RoomsTab } from "./rooms_tab.ts";

const WHAT = "rooms in browsers";
const path = networkOrWarning(WHAT) ? chromiumOrWarning(WHAT) : undefined;

/** What a test is given. */
interface Scene {
  /** A tab of a browser of its own, which has nothing in common with the other tabs. */
  tab(name: string, options?: Parameters<Chromium["open"]>[0]): Promise<RoomsTab>;
  /** One more tab of the browser that a tab is in. */
  beside(tab: RoomsTab, name: string): Promise<RoomsTab>;
  /** What a tab did besides. */
  conductOf(tab: RoomsTab): Conduct;
  /** Keeps something for as long as the test takes. */
  keep<T extends AsyncDisposable>(it: T): T;
}

/** A test whose pages must not complain of anything but of connections that could not be made. */
function test(name: string, run: (scene: Scene) => Promise<void>): void {
  Deno.test({
    name: `RoomsPage: ${name}`,
    ignore: path === undefined,
    async fn() {
      await using chromium = await Chromium.launch(path ?? "");
      await using kept = new AsyncDisposableStack();
      const conducts = new Map<RoomsTab, Conduct>();
      await run({
        async tab(name, options) {
          const { page, conduct } = await chromium.open(options);
          const tab = new RoomsTab(name, page);
          conducts.set(tab, conduct);
          return tab;
        },
        beside: async ({ page }, name) => new RoomsTab(name, await page.context().newPage()),
        conductOf: (tab) => conducts.get(tab) as Conduct,
        keep: (it) => kept.use(it),
      });
      for (const [{ name }, { complaints, dialogs }] of conducts) {
        const faults = complaints.filter((each) =>
          !/WebSocket connection to .* failed|ERR_/.test(each)
        );
        assertEquals([faults, dialogs], [[], []], name);
      }
    },
  });
}

const HASTY = { "peers.heartbeat_period": 0.5, "peers.heartbeat_timeout": 3 };
const ROOM = "the kitchen table";

/** Where the page of a node is, as users ask for it. */
async function pageOf(nodes: LinkedNodes, profile: string): Promise<string> {
  const { code, out } = await nodes.ask(profile, "room", "page");
  assertEquals(code, 0);
  return out.trim();
}

test(
  "three tabs on two nodes talk over data channels, outlive a node that is killed, and see a tab go",
  async ({ tab, keep, conductOf }) => {
    const nodes = keep(await LinkedNodes.start({ alice: [] }, HASTY));
    const [ann, ben, cleo] = [await tab("Ann"), await tab("Ben"), await tab("Cleo")];
    const door = await pageOf(nodes, "alice");
    for (const each of [ann, ben]) {
      await each.enter(door);
      assertEquals(await each.join(ROOM), "");
    }
    await ann.untilDirect(1);
    // These two have as many links as they want before there is another node.
    await nodes.add("bob", [nodes.address("alice")], HASTY);
    await cleo.enter(await pageOf(nodes, "bob"));
    await cleo.join(ROOM);

    const tabs = [ann, ben, cleo];
    for (const each of tabs) {
      await each.untilMembers(...tabs.filter((other) => other !== each).map(({ name }) => name));
      await each.untilDirect(2);
    }
    for (const each of tabs) await each.say(`I am ${each.name}`);
    for (const each of tabs) {
      for (const { name } of tabs) await each.untilHeard(name, `I am ${name}`);
    }
    for (const each of tabs) {
      const { open } = await each.stats();
      assertEquals(open.length, 2, `${each.name} and the two others`);
      for (const { sent, received, pairs } of open) {
        assertGreater(Math.min(sent, received), 0, "Bytes went both ways over the data channel");
        assertGreater(pairs, 0, "A pair of addresses works");
      }
    }
    await ann.keep("rooms_three_tabs");

    nodes.node("alice").program.signal("SIGKILL");
    await ann.say("alice is gone");
    for (const each of [ben, cleo]) await each.untilHeard("Ann", "alice is gone");
    for (const each of [ann, ben]) await each.untilStatus("connected", "through bob");
    await ben.say("we are back");
    for (const each of [ann, cleo]) await each.untilHeard("Ben", "we are back");
    // Everybody heard everything once, and nobody was taken for gone meanwhile.
    for (const each of tabs) {
      const messages = await each.messages();
      assertEquals(messages.toSorted(), [...new Set(messages)].toSorted(), each.name);
      assertEquals(messages.length, 5, each.name);
      assertEquals(await each.page.locator(".presence.vanished, .presence.left").count(), 0);
    }

    await cleo.page.close();
    for (const each of [ann, ben]) {
      await each.untilTold("Cleo left");
      await each.untilMembers(
        ...[ann, ben].filter((other) => other !== each).map(({ name }) => name),
      );
    }
    for (const each of tabs) {
      const hosts = new Set(conductOf(each).requests.map((request) => new URL(request).host));
      hosts.delete("");
      assertEquals(hosts.size, 1, `${each.name} asked ${[...hosts].join(", ")}`);
    }
  },
);

test("a tab that is killed is told of as vanished, and tabs of one browser are different nodes", async ({ tab, beside, keep }) => {
  const settings = { ...prefixed(HASTY), label: "alice" };
  const alice = keep(await openNode({ settings }));
  const { url } = await alice.control.call("room_page", {});
  const ann = await tab("Ann");
  const twin = await beside(ann, "Ann's twin");
  const ben = await tab("Ben");
  for (const each of [ann, twin, ben]) {
    await each.enter(url);
    await each.join(ROOM);
  }
  await ben.untilMembers("Ann", "Ann's twin");
  const ids = await ben.page.locator(".members li").evaluateAll((items) =>
    items.map((item) => item.getAttribute("title"))
  );
  assertEquals(new Set(ids).size, 3);

  const before = ids.toSorted();
  await twin.page.reload();
  await twin.untilStatus("connected");
  await twin.untilMembers("Ann", "Ben");
  await ben.untilMembers("Ann", "Ann's twin");
  const after = await ben.page.locator(".members li").evaluateAll((items) =>
    items.map((item) => item.getAttribute("title"))
  );
  assertEquals(after.toSorted(), before, "A reload keeps the key, the name and the room");

  const session = await twin.page.context().newCDPSession(twin.page);
  session.send("Page.crash").catch(() => {});
  for (const each of [ann, ben]) {
    await each.untilTold("Ann's twin vanished: nobody reaches it any more");
  }
});

test("a network with a key lets in who knows it, and says so to who does not", async ({ tab, keep }) => {
  const key = "a key that is long enough";
  const alice = keep(await openNode({ settings: { label: "alice", "network.key": key } }));
  const { url } = await alice.control.call("room_page", {});
  const ann = await tab("Ann");
  const { page } = ann;
  await page.goto(url);
  await page.fill("#name", "Ann");
  const problem = page.locator("#entrance-problem");
  await page.fill("#key", "too short");
  await page.keyboard.press("Enter");
  assertMatch(await problem.innerText(), /at least 16 characters/);
  await page.fill("#key", "a key that is not the one");
  await page.keyboard.press("Enter");
  await ann.until(
    (text) => document.getElementById("entrance-problem")?.textContent === text,
    "The key is not that of this network.",
  );
  assertEquals(await page.inputValue("#name"), "Ann");
  await page.fill("#key", key);
  await page.keyboard.press("Enter");
  await ann.untilStatus("connected", "through alice");
  await page.reload();
  await ann.untilStatus("connected", "through alice");
});

test("texts and names that are markup are shown as they are, and by keys alone one gets everywhere", async ({ tab, conductOf, keep }) => {
  const alice = keep(await openNode({ settings: { label: "alice" } }));
  const { url } = await alice.control.call("room_page", {});
  const evil = await tab("<img src=x onerror=alert(1)>");
  await evil.enter(url);
  const room = "<b>room</b>";
  await evil.join(room);
  const { page } = await tab("Ben");
  const ben = new RoomsTab("Ben", page);
  await page.goto(url);
  await ben.until(() => document.activeElement?.id === "name", undefined);
  await page.keyboard.type("Ben");
  await page.keyboard.press("Enter");
  await ben.untilStatus("connected");
  await page.keyboard.type("ab");
  await page.keyboard.press("Enter");
  assertMatch(await page.locator("#join-problem").innerText(), /2 characters, wanted 3 or more/);
  await page.locator("#room").selectText();
  await page.keyboard.type(room);
  await page.keyboard.press("Enter");
  await ben.untilMembers(evil.name);
  const text = "<script>alert(2)</script>";
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
  await evil.untilHeard("Ben", text);
  await evil.say("<iframe src=//example.com>");
  await ben.untilHeard(evil.name, "<iframe src=//example.com>");
  assertEquals(await page.locator("img, iframe, .log script, .conversation b").count(), 0);
  assertEquals(await page.locator(".conversation h2").innerText(), room);

  await page.locator("[role=tab]").focus();
  await page.keyboard.press("Tab");
  const after = await page.evaluate(() => document.activeElement?.textContent);
  assertEquals(after, "Leave");
  await page.keyboard.press("Enter");
  await evil.untilTold("Ben left");
  assertEquals(await page.locator("#nowhere").isVisible(), true);
  assertEquals(conductOf(evil).requests.filter((request) => /\/x$|example/.test(request)), []);
});

test("several rooms are kept apart, with what is unread counted", async ({ tab, keep }) => {
  const alice = keep(await openNode({ settings: { label: "alice" } }));
  const { url } = await alice.control.call("room_page", {});
  const [ann, ben] = [await tab("Ann"), await tab("Ben")];
  for (const each of [ann, ben]) {
    await each.enter(url);
    await each.join("room one");
    await each.join("room two");
  }
  await ann.untilMembers("Ben");
  await ann.say("in the second");
  await ben.untilHeard("Ann", "in the second");
  await ben.page.click('[role=tab]:has-text("room one")');
  await ben.untilMembers("Ann");
  await ann.say("again in the second");
  await ben.until(
    () => document.querySelectorAll("[role=tab]")[1]?.ariaLabel?.endsWith("1 unread"),
    undefined,
  );
  assertMatch(await ben.page.title(), /^\(1\) room one/);
  assertEquals(await ben.messages(), []);
  await ben.page.locator('[role=tab]:has-text("room one")').press("ArrowDown");
  assertEquals(await ben.messages(), ["in the second", "again in the second"]);
  assertMatch(await ben.page.title(), /^room two/);

  const to = ben.page.locator(".conversation:not([hidden]) select");
  await to.selectOption({ label: "Ann" });
  await ben.say("for Ann");
  await ann.untilHeard("Ben", "for Ann");
  assert((await ben.page.locator(".aside").allTextContents()).includes("to Ann alone"));
});

/** Settings of nodes as the library takes them. */
function prefixed(settings: Readonly<Record<string, number>>): Record<string, number> {
  const entries = Object.entries(settings);
  return Object.fromEntries(entries.map(([key, value]) => [`network.controller.${key}`, value]));
}
