import { assertEquals } from "@std/assert";
import { holdByAsking, type Place, takePlace } from "../../src/web/node/place.ts";

/** A tab of a page, which asks the others. */
class Tab implements Disposable {
  static count = 0;
  readonly #channel: BroadcastChannel;
  readonly take: () => Promise<Place>;

  constructor(page: string) {
    this.#channel = new BroadcastChannel(page);
    const hold = holdByAsking(this.#channel);
    this.take = () => {
      sessionStorage.clear();
      return takePlace(hold);
    };
  }

  [Symbol.dispose](): void {
    this.#channel.close();
  }
}

Deno.test("takePlace: tabs that ask one another take places one after the other", async () => {
  using first = new Tab("one after the other");
  using second = new Tab("one after the other");
  const place = await first.take();
  assertEquals([place.number, (await second.take()).number], [0, 1]);
  place.release();
  using third = new Tab("one after the other");
  assertEquals((await third.take()).number, 0);
});

Deno.test("takePlace: tabs that ask at once take different places", async () => {
  const tabs = Array.from({ length: 5 }, () => new Tab("at once"));
  const places = await Promise.all(tabs.map((tab) => tab.take()));
  for (const tab of tabs) tab[Symbol.dispose]();
  assertEquals(new Set(places.map(({ number }) => number)).size, 5);
});

Deno.test("takePlace: a place whose tab is gone is free again", async () => {
  const gone = new Tab("gone");
  assertEquals((await gone.take()).number, 0);
  gone[Symbol.dispose]();
  using next = new Tab("gone");
  assertEquals((await next.take()).number, 0);
});

Deno.test("takePlace: after a reload a tab asks for the place that it had", async () => {
  sessionStorage.clear();
  const asked: [number, boolean][] = [];
  const hold = (free: number) => (number: number, isOwn: boolean) => {
    asked.push([number, isOwn]);
    return Promise.resolve(number === free ? { number, release() {} } : undefined);
  };
  assertEquals((await takePlace(hold(3))).number, 3);
  assertEquals(asked, [[0, false], [1, false], [2, false], [3, false]]);
  asked.length = 0;
  assertEquals((await takePlace(hold(3))).number, 3);
  assertEquals(asked, [[3, true]]);
  asked.length = 0;
  assertEquals((await takePlace(hold(1))).number, 1, "Somebody else holds it now");
  assertEquals(asked, [[3, true], [0, false], [1, false]]);
  sessionStorage.setItem("area-net place", "-1e9");
  assertEquals((await takePlace(hold(0))).number, 0, "What was kept makes no sense");
  sessionStorage.clear();
});
