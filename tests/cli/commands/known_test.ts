import { assertEquals, assertStringIncludes } from "@std/assert";
import { areaNet } from "../../../src/cli/area_net.ts";
import { HostError } from "../../../src/config/host.ts";
import { formatKnownPeers, parseKnownPeers } from "../../../src/identity/known_peers.ts";
import { FakeHost } from "../fake_host.ts";
import { hostKnowing, KNOWN_FILE, knownPeer, refusalOf } from "../known_profile.ts";
import { nodeId } from "../node_id.ts";
import { SHIPPED_FILES } from "../shipped_files.ts";

const KNOWN = ["-p", "bob", "known"];
const ALICE = knownPeer();
const STRANGER = knownPeer({
  id: nodeId("dave"),
  label: "da\u001bve",
  addresses: [],
  firstSeen: 0,
  lastSeen: 0,
  pinned: false,
});

Deno.test("known: lists peers for people, those seen last first, and nothing that acts on a terminal", async () => {
  const host = hostKnowing([STRANGER, ALICE]);
  assertEquals(await areaNet(KNOWN, host), 0, host.stderr);
  assertEquals(host.stdout.split("\n"), [
    "ID        LABEL       ADDRESSES   FIRST SEEN (UTC)     LAST SEEN (UTC)      PINNED",
    "aliceaaa  alice       [::1]:8090  2026-11-21 10:00:00  2026-11-21 11:30:05  yes",
    "daveaaaa  da\\u{1b}ve  -           never                never                no",
    "",
  ]);
});

Deno.test("known: --json is the file in one line", async () => {
  const host = hostKnowing([ALICE]);
  assertEquals(await areaNet([...KNOWN, "--json"], host), 0, host.stderr);
  assertEquals(host.stdout.match(/\n/g)?.length, 1);
  assertEquals(JSON.parse(host.stdout).version, 1);
  assertEquals(parseKnownPeers(host.stdout), [ALICE]);
});

Deno.test("known: a profile that has not met anybody yet is no error", async () => {
  const host = new FakeHost(SHIPPED_FILES);
  assertEquals(await areaNet(KNOWN, host), 0, host.stderr);
  assertStringIncludes(host.stdout, `No peers are known yet: ${KNOWN_FILE} is written`);
  const json = new FakeHost(SHIPPED_FILES);
  await areaNet([...KNOWN, "--json"], json);
  assertEquals(JSON.parse(json.stdout), { version: 1, peers: [] });
});

Deno.test("known: a file that cannot be used is told with its name and left alone", async () => {
  const files: [text: string | HostError, message: string][] = [
    ["{}", "mend or remove the file"],
    [
      formatKnownPeers([ALICE]).replace('"aliceaaa', '"Aliceaaa'),
      "Peer 1: A node id is lower-case",
    ],
    [new HostError("other", "permission denied"), "Cannot be read: permission denied"],
  ];
  for (const [text, message] of files) {
    const host = new FakeHost({ ...SHIPPED_FILES, [KNOWN_FILE]: text });
    const reason = await refusalOf(KNOWN, host);
    assertStringIncludes(reason, `${KNOWN_FILE}: `);
    assertStringIncludes(reason, message);
  }
});

Deno.test("known: a node without a target file has nothing to list", async () => {
  const host = new FakeHost({});
  assertStringIncludes(await refusalOf(["known", "--port", "1"], host), "choose a profile with -p");
});
