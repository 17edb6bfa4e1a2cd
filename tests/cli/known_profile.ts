import { assertEquals } from "@std/assert";
import type { Address } from "../../src/base/address.ts";
import { areaNet } from "../../src/cli/area_net.ts";
import { formatKnownPeers, type KnownPeer } from "../../src/identity/known_peers.ts";
import { FakeHost } from "./fake_host.ts";
import { nodeId } from "./node_id.ts";
import { SHIPPED_FILES } from "./shipped_files.ts";

/** Where bob remembers his peers. */
export const KNOWN_FILE = "profiles/bob/known_peers.json";

/** Alice, as bob met her, but for what is said otherwise. */
export function knownPeer(some: Partial<KnownPeer> = {}): KnownPeer {
  return {
    id: nodeId("alice"),
    label: "alice",
    addresses: ["[::1]:8090" as Address],
    firstSeen: Date.UTC(2026, 10, 21, 10),
    lastSeen: Date.UTC(2026, 10, 21, 11, 30, 5),
    pinned: true,
    formerly: [],
    ...some,
  };
}

/** The machine of bob, who remembers these peers. */
export function hostKnowing(peers: readonly KnownPeer[]): FakeHost {
  return new FakeHost({ ...SHIPPED_FILES, [KNOWN_FILE]: formatKnownPeers(peers) });
}

/** Runs a command that must fail with this exit code, changes no file, and answers with why. */
export async function refusalOf(
  args: readonly string[],
  host: FakeHost,
  exitCode = 2,
): Promise<string> {
  const before = host.files.get(KNOWN_FILE);
  assertEquals(await areaNet(args, host), exitCode);
  assertEquals([host.stdout, host.files.get(KNOWN_FILE)], ["", before]);
  return host.stderr;
}
