import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { nodeIdToBytes } from "../../src/base/node_id.ts";
import { selfSignedCertificate } from "../../src/io/certificate.ts";
import { CERTIFICATE_FILE, KEY_FILE, loadIdentity } from "../../src/io/identity_file.ts";
import { spkiOf } from "../../src/io/node_crypto.ts";
import { IdentityError } from "../../src/io/pem_file.ts";
import { newParty, NODE_KEYS, pemOf } from "./credentials.ts";
import { TempFolder } from "./temp_folder.ts";

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

/** The id kept in a folder. */
function idIn(folder: string): string {
  return loadIdentity({ folder }).signer.id;
}

/** Checks that each of these files is no private key to start with, and is left as it is. */
function assertRefused(texts: readonly string[], words: string): void {
  using temp = new TempFolder();
  for (const text of texts) {
    const keyFile = temp.write(KEY_FILE, text);
    for (const source of [{ folder: temp.path }, { keyFile }]) {
      const { message } = assertThrows(() => loadIdentity(source), IdentityError, words);
      assertStringIncludes(message, keyFile);
      assertEquals(temp.read(KEY_FILE), text);
    }
  }
}

Deno.test("loadIdentity: made at the first start, the same ever after", async () => {
  using temp = new TempFolder();
  const { signer, credentials, unsaved, kind, file } = loadIdentity({ folder: temp.path });
  assertEquals(nodeIdToBytes(signer.id), await idBytes(temp.read(KEY_FILE)));
  assertEquals([kind, unsaved, file], ["Ed25519", undefined, `${temp.path}/${KEY_FILE}`]);
  const again = loadIdentity({ folder: temp.path });
  assertEquals([again.signer.id, again.credentials], [signer.id, credentials]);
});

Deno.test("loadIdentity: key and certificate go together, and lie in the folder alone", () => {
  using temp = new TempFolder();
  const { credentials, signer } = loadIdentity({ folder: temp.path });
  assertEquals(temp.names(), [CERTIFICATE_FILE, KEY_FILE]);
  assertEquals(credentials, { key: temp.read(KEY_FILE), cert: temp.read(CERTIFICATE_FILE) });
  assertEquals(spkiOf(new X509Certificate(credentials.cert).publicKey), signer.publicKey);
});

Deno.test({
  name: "loadIdentity: the key is for its owner alone",
  ignore: Deno.build.os === "windows",
  fn() {
    using temp = new TempFolder();
    loadIdentity({ folder: temp.path });
    assertEquals((Deno.statSync(`${temp.path}/${KEY_FILE}`).mode ?? 0) & 0o777, 0o600);
  },
});

Deno.test("loadIdentity: a missing folder is made", () => {
  using temp = new TempFolder();
  const path = `${temp.path}/profiles/bob`;
  assertEquals(idIn(path), idIn(path));
});

Deno.test("loadIdentity: without a folder each start is another node", () => {
  const [one, other] = [loadIdentity({}), loadIdentity({})];
  assertNotEquals(one.signer.id, other.signer.id);
  assertEquals([one.file, one.unsaved], [undefined, undefined]);
});

Deno.test("loadIdentity: where it cannot be kept it lives in memory, and says so", () => {
  using temp = new TempFolder();
  const folder = temp.write("bob", "a file where the folder should be");
  const { signer, unsaved } = loadIdentity({ folder });
  assertEquals(nodeIdToBytes(signer.id).length, 32);
  assertStringIncludes(unsaved ?? "", "a file is in the way of a folder");
});

Deno.test("loadIdentity: a certificate that is missing, broken or of another key is made anew", () => {
  using temp = new TempFolder();
  const { credentials } = loadIdentity({ folder: temp.path });
  for (const text of [undefined, "", "broken", newParty().cert]) {
    if (text === undefined) Deno.removeSync(`${temp.path}/${CERTIFICATE_FILE}`);
    else temp.write(CERTIFICATE_FILE, text);
    assertEquals(loadIdentity({ folder: temp.path }).credentials, credentials);
    assertEquals(temp.read(CERTIFICATE_FILE), credentials.cert);
  }
});

Deno.test("loadIdentity: a certificate of one's own is kept beside the key that it shows", () => {
  using temp = new TempFolder();
  const key = NODE_KEYS["P-256"]?.() ?? createPrivateKey("");
  temp.write(KEY_FILE, pemOf(key));
  // Each signature of this kind of key is another, and so is each certificate.
  const certificate = selfSignedCertificate(key);
  temp.write(CERTIFICATE_FILE, certificate);
  assertEquals(loadIdentity({ folder: temp.path }).credentials.cert, certificate);
});

for (const [kind, newKey] of Object.entries(NODE_KEYS)) {
  Deno.test(`loadIdentity: a key and certificate of one's own are taken, kind ${kind}`, () => {
    using temp = new TempFolder();
    const party = newParty(newKey());
    const keyFile = temp.write("own.key", party.key);
    const certFile = temp.write("own.cert", party.cert, 0o644);
    const identity = loadIdentity({ folder: temp.path, keyFile, certFile });
    assertEquals([identity.signer.id, identity.kind], [party.id, kind]);
    assertEquals(identity.credentials.cert, party.cert);
    assertEquals(identity.file, keyFile);
    assertEquals(temp.names(), ["own.cert", "own.key"]);
    const alone = loadIdentity({ keyFile });
    assertEquals(alone.signer.id, party.id);
    const shown = new X509Certificate(alone.credentials.cert).publicKey;
    assertEquals(spkiOf(shown), alone.signer.publicKey);
  });
}

Deno.test("loadIdentity: a key may stand among other blocks, in the older forms too", () => {
  using temp = new TempFolder();
  const { privateKey, cert, id } = newParty(NODE_KEYS["P-256"]?.());
  const sec1 = privateKey.export({ type: "sec1", format: "pem" }) as string;
  const parameters =
    "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
  const keyFile = temp.write("own.pem", `Bob's key\n${parameters}${sec1}${cert}`);
  const { signer, credentials } = loadIdentity({ keyFile, certFile: keyFile });
  assertEquals(signer.id, id);
  assert(credentials.key.startsWith("-----BEGIN PRIVATE KEY-----"), credentials.key);
});

Deno.test("loadIdentity: a file without a private key is refused and left as it is", () => {
  const { cert } = newParty();
  const broken = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
  assertRefused(["", "not a key", cert, broken], "holds no private key in PEM");
});

Deno.test("loadIdentity: a key of another kind is refused, with the kinds that are wanted", () => {
  const { privateKey: p384 } = generateKeyPairSync("ec", { namedCurve: "P-384" });
  const { privateKey: small } = generateKeyPairSync("rsa", { modulusLength: 1024 });
  assertRefused([pemOf(p384)], "of the kind ec (secp384r1), wanted Ed25519, P-256, or RSA");
  assertRefused([pemOf(small)], "of the kind rsa (1024 bits), wanted");
});

Deno.test("loadIdentity: a key under a passphrase is refused, with the way to take it off", () => {
  const locked = ["ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY"].map((label) => {
    const header = label === "EC PRIVATE KEY" ? "Proc-Type: 4,ENCRYPTED\n\n" : "";
    return `-----BEGIN ${label}-----\n${header}AAAA\n-----END ${label}-----\n`;
  });
  assertRefused(locked, "protected by a passphrase");
});

Deno.test({
  name: "loadIdentity: a key that others may read is refused, with the command that mends it",
  ignore: Deno.build.os === "windows",
  fn() {
    using temp = new TempFolder();
    const id = idIn(temp.path);
    const file = `${temp.path}/${KEY_FILE}`;
    for (const mode of [0o640, 0o604]) {
      Deno.chmodSync(file, mode);
      for (const source of [{ folder: temp.path }, { keyFile: file }]) {
        const { message } = assertThrows(() => loadIdentity(source), IdentityError);
        assertStringIncludes(message, `mode 0${mode.toString(8)}, wanted 0600`);
        assertStringIncludes(message, `chmod 600 ${file}`);
      }
    }
    Deno.chmodSync(file, 0o600);
    assertEquals(idIn(temp.path), id);
  },
});

Deno.test("loadIdentity: a certificate that does not go with the key of one's own is refused", () => {
  using temp = new TempFolder();
  const keyFile = temp.write("own.key", newParty().key);
  for (const text of [newParty().cert, newParty().key, "", "nonsense"]) {
    const certFile = temp.write("own.cert", text);
    const { message } = assertThrows(() => loadIdentity({ keyFile, certFile }), IdentityError);
    assertStringIncludes(message, `${certFile} holds no certificate in PEM for the private key`);
    assertStringIncludes(message, "network.controller.identity.cert");
  }
});

Deno.test("loadIdentity: files of one's own that are missing or unreadable are named", () => {
  using temp = new TempFolder();
  const keyFile = temp.write("own.key", newParty().key);
  const missing = `${temp.path}/no.pem`;
  const cases: [source: object, words: string][] = [
    [{ keyFile: missing }, `There is no private key ${missing}: correct network.controller`],
    [
      { keyFile, certFile: missing },
      `There is no certificate ${missing}: correct network.controller`,
    ],
    [{ certFile: missing }, "is of no use without its private key"],
    [{ keyFile: temp.path }, `Could not read ${temp.path}: a folder is in the way of a file`],
  ];
  for (const [source, words] of cases) {
    const { message } = assertThrows(() => loadIdentity(source), IdentityError);
    assertStringIncludes(message, words);
  }
});

Deno.test({
  name: "loadIdentity: a key of one's own that Deno may not read is told with what to change",
  permissions: { read: false },
  fn() {
    const { message } = assertThrows(
      () => loadIdentity({ keyFile: "/elsewhere/own.key" }),
      IdentityError,
      "Could not read /elsewhere/own.key: Deno requires read access",
    );
    assertStringIncludes(message, "permissions.node in deno.json");
  },
});
