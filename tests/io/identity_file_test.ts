import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { generateKeyPairSync } from "node:crypto";
import { nodeIdToBytes } from "../../src/base/node_id.ts";
import { IDENTITY_FILE, IdentityError, loadIdentity } from "../../src/io/identity_file.ts";

async function inFolder(story: (folder: string, file: string) => void | Promise<void>) {
  const folder = Deno.makeTempDirSync();
  try {
    await story(folder, `${folder}/${IDENTITY_FILE}`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** The id of an Ed25519 private key in PEM, found by another road: WebCrypto. */
async function idBytes(pem: string): Promise<Uint8Array> {
  const der = Uint8Array.fromBase64(pem.replace(/-----.*-----|\s/g, ""));
  const key = await crypto.subtle.importKey("pkcs8", der, "Ed25519", true, ["sign"]);
  const { x = "" } = await crypto.subtle.exportKey("jwk", key);
  const publicKey = await crypto.subtle.importKey(
    "jwk",
    { kty: "OKP", crv: "Ed25519", x },
    "Ed25519",
    true,
    ["verify"],
  );
  const spki = await crypto.subtle.exportKey("spki", publicKey);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", spki));
}

Deno.test("loadIdentity: made at the first start, the same ever after", () =>
  inFolder(async (folder, file) => {
    const first = loadIdentity(folder);
    assertEquals(loadIdentity(folder), first);
    assertEquals(nodeIdToBytes(first.id), await idBytes(Deno.readTextFileSync(file)));
    assertEquals(first.unsaved, undefined);
  }));

Deno.test("loadIdentity: the file is for its owner alone, and nothing lies beside it", () =>
  inFolder((folder, file) => {
    loadIdentity(folder);
    assertEquals((Deno.statSync(file).mode ?? 0) & 0o777, 0o600);
    assertEquals(Array.from(Deno.readDirSync(folder), ({ name }) => name), [IDENTITY_FILE]);
  }));

Deno.test("loadIdentity: a missing folder is made", () =>
  inFolder((folder) => {
    const path = `${folder}/profiles/bob`;
    assertEquals(loadIdentity(path), loadIdentity(path));
  }));

Deno.test("loadIdentity: without a folder each start is another node", () => {
  assertNotEquals(loadIdentity(undefined).id, loadIdentity(undefined).id);
});

Deno.test("loadIdentity: where it cannot be kept it lives in memory, and says so", () =>
  inFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/bob`, "a file where the folder should be");
    const { id, unsaved } = loadIdentity(`${folder}/bob`);
    assertEquals(nodeIdToBytes(id).length, 32);
    assertStringIncludes(unsaved ?? "", "a file is in the way of a folder");
  }));

Deno.test("loadIdentity: a file without a key is refused and left as it is", () =>
  inFolder((folder, file) => {
    for (const text of ["", "not a key", "-----BEGIN PRIVATE KEY-----\nAAAA\n"]) {
      Deno.writeTextFileSync(file, text, { mode: 0o600 });
      assertThrows(() => loadIdentity(folder), IdentityError, "holds no private key");
      assertEquals(Deno.readTextFileSync(file), text);
    }
  }));

Deno.test("loadIdentity: a key of another kind is refused", () =>
  inFolder((folder, file) => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
    Deno.writeTextFileSync(file, pem, { mode: 0o600 });
    assertThrows(() => loadIdentity(folder), IdentityError, "of type ec, wanted ed25519");
  }));

Deno.test({
  name: "loadIdentity: a key that others may read is refused, with the command that mends it",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder((folder, file) => {
      const { id } = loadIdentity(folder);
      for (const mode of [0o640, 0o604]) {
        Deno.chmodSync(file, mode);
        const error = assertThrows(() => loadIdentity(folder), IdentityError);
        assertStringIncludes(error.message, `mode 0${mode.toString(8)}, wanted 0600`);
        assertStringIncludes(error.message, `chmod 600 ${file}`);
      }
      Deno.chmodSync(file, 0o600);
      assert(loadIdentity(folder).id === id);
    }),
});
