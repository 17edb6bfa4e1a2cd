import { assertEquals } from "@std/assert";
import { placeOf } from "../../src/cli/names.ts";

Deno.test("placeOf: an address as it is, a browser as that, and a dash where none is known", () => {
  const browser = `webrtc://${"e".repeat(52)}`;
  const places = ["[::1]:8090", "ws://[::1]:80", browser, null].map(placeOf);
  assertEquals(places, ["[::1]:8090", "ws://[::1]:80", "browser", "-"]);
});

Deno.test("placeOf: whatever answers at the socket, nothing of it acts on a terminal", () => {
  assertEquals(placeOf("\x1b[31mred").includes("\x1b"), false);
});
