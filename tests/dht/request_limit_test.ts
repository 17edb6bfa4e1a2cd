import { assertEquals } from "@std/assert";
import { MAX_REQUESTS, RequestLimit } from "../../src/dht/request_limit.ts";
import { idAt } from "./points.ts";

Deno.test("RequestLimit: each sender has its own number of requests in a second", () => {
  const limit = new RequestLimit(0);
  const taken = (now: number, bits: string) => {
    let count = 0;
    for (let left = 2 * MAX_REQUESTS; left > 0; left--) if (limit.take(now, idAt(bits))) count++;
    return count;
  };
  assertEquals(taken(0, "0"), MAX_REQUESTS);
  assertEquals(taken(500, "1"), MAX_REQUESTS);
  assertEquals(taken(999, "0"), 0);
  assertEquals(taken(1_000, "0"), MAX_REQUESTS);
});
