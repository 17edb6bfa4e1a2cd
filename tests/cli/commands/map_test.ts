import { assertEquals } from "@std/assert";
import { areaNet } from "../../../src/cli/area_net.ts";
import type { Result } from "../../../src/control/methods.ts";
import type { Snapshot } from "../../../src/controller/snapshot.ts";
import { peersD2 } from "../../../src/report/d2.ts";
import { ALONE, FIVE, HOSTILE, TROUBLED } from "../../report/networks.ts";
import { FakeClient } from "../fake_client.ts";
import { FakeHost } from "../fake_host.ts";
import { SHIPPED_FILES } from "../shipped_files.ts";

/** What a node with this knowledge answers. */
function mapOf({ self, nodes, links }: Pick<Snapshot, "self" | "nodes" | "links">): Result<"map"> {
  return {
    self,
    nodes: nodes.map(({ id, label, addresses, state }) => ({
      id,
      label,
      addr: addresses[0] ?? null,
      state: state === "failed" ? "lost" : state,
    })),
    links: links.map(({ from, to, rttUs, claimedBy }) => ({
      from,
      to,
      rtt_us: rttUs === null ? null : Math.round(rttUs),
      claimed_by: claimedBy,
    })),
  };
}

async function printed(args: readonly string[], result: Result<"map">): Promise<string> {
  const host = new FakeHost(SHIPPED_FILES);
  host.sockets.set("profiles/bob/control.sock", new FakeClient({ map: { result } }));
  assertEquals(await areaNet(["-p", "bob", "map", ...args], host), 0, host.stderr);
  return host.stdout;
}

Deno.test("map: --d2 prints the very text of peers.d2", async () => {
  for (const network of [ALONE, FIVE, TROUBLED, HOSTILE]) {
    assertEquals(await printed(["--d2"], mapOf(network)), peersD2(network));
  }
});

Deno.test("map: hostile labels stay in their cells", async () => {
  const text = await printed([], mapOf(HOSTILE));
  const lines = text.split("\n");
  // Two headers, a blank line between the tables, and the end of the last line.
  assertEquals(lines.length, HOSTILE.nodes.length + HOSTILE.links.length + 4);
  assertEquals(text.match(/[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Bidi_Control}]/gu), null);
});

Deno.test("map: a network without links says so", async () => {
  assertEquals((await printed([], mapOf(ALONE))).split("\n").slice(-2), ["No links", ""]);
});
