import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import {
  CERTIFICATE_FILE,
  type Identity,
  KEY_FILE,
  loadIdentity,
  rotateIdentity,
} from "../../src/io/identity_file.ts";
import { NodeCrypto } from "../../src/io/node_crypto.ts";
import { IdentityError, isCertificateOf } from "../../src/io/pem_file.ts";
import { SUCCESSIONS_FILE } from "../../src/io/successions_file.ts";
import { formerIds } from "../../src/identity/successions.ts";
import { createPrivateKey } from "node:crypto";
import { runModule } from "./program.ts";
import { TempFolder } from "./temp_folder.ts";
import { until } from "./until.ts";

const AT_MS = Date.UTC(2026, 10, 21, 10);

/** The ids that an identity had before, as others see them. */
function formerly({ signer, successions }: Identity): string[] | undefined {
  return formerIds(new NodeCrypto(), signer.id, successions);
}

Deno.test("rotateIdentity: a new key, to which the old one puts its name", () => {
  using temp = new TempFolder();
  const folder = temp.path;
  const before = loadIdentity({ folder });
  const { old, new: next } = rotateIdentity(folder, AT_MS);
  const after = loadIdentity({ folder });
  assertEquals([old.id, next.id], [before.signer.id, after.signer.id]);
  assertNotEquals(after.signer.id, before.signer.id);
  assertEquals(formerly(after), [before.signer.id]);
  assertEquals(after.successions.map(({ atMs }) => atMs), [AT_MS]);
  assert(isCertificateOf(createPrivateKey(after.credentials.key), temp.read(CERTIFICATE_FILE)));
  assertEquals(temp.names(), [CERTIFICATE_FILE, KEY_FILE, SUCCESSIONS_FILE]);
});

Deno.test("rotateIdentity: the changes are text that people can read, the newest last", () => {
  using temp = new TempFolder();
  const folder = temp.path;
  const { signer } = loadIdentity({ folder });
  const { new: next } = rotateIdentity(folder, AT_MS);
  const [change, ...others] = JSON.parse(temp.read(SUCCESSIONS_FILE));
  const { signature, ...rest } = change;
  assertEquals(rest, {
    old: signer.publicKey.toBase64(),
    new: next.publicKey.toBase64(),
    at: "2026-11-21T10:00:00.000Z",
  });
  assertEquals([Uint8Array.fromBase64(signature).length, others], [64, []]);
});

Deno.test("rotateIdentity: of many changes the newest eight are kept, and lead to the key", () => {
  using temp = new TempFolder();
  const folder = temp.path;
  const ids = [loadIdentity({ folder }).signer.id];
  for (let i = 0; i < 11; i++) ids.push(rotateIdentity(folder, AT_MS + i).new.id);
  const identity = loadIdentity({ folder });
  assertEquals(identity.signer.id, ids.at(-1));
  assertEquals(formerly(identity), ids.slice(-9, -1));
});

Deno.test("rotateIdentity: stopped between two files, it leaves the old identity or the new one", () => {
  using temp = new TempFolder();
  const folder = temp.path;
  const { signer: first } = loadIdentity({ folder });
  rotateIdentity(folder, AT_MS);
  const before = loadIdentity({ folder });
  const files = [KEY_FILE, CERTIFICATE_FILE].map((name) => ({ name, text: temp.read(name) }));
  rotateIdentity(folder, AT_MS);
  const after = loadIdentity({ folder });
  // As if killed before the certificate, and then before the key as well.
  for (const { name, text } of files.toReversed()) {
    temp.write(name, text);
    const identity = loadIdentity({ folder });
    const expected = name === KEY_FILE ? before : after;
    assertEquals(identity.signer.id, expected.signer.id, name);
    assertEquals(identity.credentials, expected.credentials, name);
    assertEquals(formerly(identity), formerly(expected), name);
  }
  // The change that came to nothing is forgotten by the next one.
  rotateIdentity(folder, AT_MS);
  assertEquals(formerly(loadIdentity({ folder })), [first.id, before.signer.id]);
});

Deno.test("rotateIdentity: killed at any moment, it leaves an identity whose past is proven", async () => {
  using temp = new TempFolder();
  const folder = temp.path;
  const ids: string[] = [loadIdentity({ folder }).signer.id];
  for (let round = 1; round <= 6; round++) {
    await using rotator = runModule("tests/io/rotator.ts", [folder]);
    await until(() => rotator.out.split("\n").length > 2 * round);
    rotator.signal("SIGKILL");
    await rotator.outcome();
    // The last line may be cut off.
    ids.push(...rotator.out.split("\n").slice(0, -1));
    const identity = loadIdentity({ folder });
    // It may have been killed when the key was changed and that was not told yet.
    if (!ids.includes(identity.signer.id)) ids.push(identity.signer.id);
    const past = [...formerly(identity) ?? [], identity.signer.id];
    assertEquals(past, ids.slice(-past.length));
    // Of eight changes one may have come to nothing.
    assert(past.length >= Math.min(ids.length, 8), `${past.length} of ${ids.length}`);
  }
});

Deno.test("rotateIdentity: without a key there is nothing to change", () => {
  using temp = new TempFolder();
  assertThrows(() => rotateIdentity(temp.path), IdentityError, "There is no key");
  assertEquals(temp.names(), []);
});

Deno.test("loadIdentity: changes that are broken or not proven are refused, with what to do", () => {
  using temp = new TempFolder();
  const folder = temp.path;
  loadIdentity({ folder });
  rotateIdentity(folder, AT_MS);
  const good = temp.read(SUCCESSIONS_FILE);
  const altered = good.replace("2026", "2025");
  const cases: [text: string, words: string][] = [
    ["[", "cannot be read as changes of key"],
    ["{}", "cannot be read as changes of key"],
    ["[null]", "cannot be read as changes of key"],
    ['[{"old": "?"}]', "cannot be read as changes of key"],
    [good.replace("2026", "never"), "cannot be read as changes of key"],
    [altered, "not proven"],
  ];
  for (const [text, words] of cases) {
    temp.write(SUCCESSIONS_FILE, text);
    assertThrows(() => loadIdentity({ folder }), IdentityError, words);
    assertThrows(() => rotateIdentity(folder), IdentityError, words);
  }
  temp.write(SUCCESSIONS_FILE, "[]");
  assertEquals(loadIdentity({ folder }).successions, []);
});
