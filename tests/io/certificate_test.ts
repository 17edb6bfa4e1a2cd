import { assert, assertEquals, assertThrows } from "@std/assert";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { selfSignedCertificate } from "../../src/io/certificate.ts";
import { spkiOf } from "../../src/io/node_crypto.ts";
import { NODE_KEYS } from "./credentials.ts";

for (const [kind, newKey] of Object.entries(NODE_KEYS)) {
  Deno.test(`selfSignedCertificate: of a key of the kind ${kind} it shows that key, signed by it`, () => {
    const key = newKey();
    const certificate = new X509Certificate(selfSignedCertificate(key));
    assertEquals(spkiOf(certificate.publicKey), spkiOf(key));
    assert(certificate.verify(certificate.publicKey));
    assertEquals([certificate.subject, certificate.issuer], ["CN=area-net", "CN=area-net"]);
  });
}

Deno.test("selfSignedCertificate: it is PEM without a blank line, which OpenSSL would not read", () => {
  const key = generateKeyPairSync("ed25519").privateKey;
  const lines = selfSignedCertificate(key).split("\n");
  assertEquals(lines[0], "-----BEGIN CERTIFICATE-----");
  assertEquals(lines.slice(-2), ["-----END CERTIFICATE-----", ""]);
  assert(lines.slice(1, -2).every((line) => line.length > 0 && line.length <= 64));
});

Deno.test("selfSignedCertificate: the same key gives the same certificate, which never ends", () => {
  const key = generateKeyPairSync("ed25519").privateKey;
  assertEquals(selfSignedCertificate(key), selfSignedCertificate(key));
  assert(new X509Certificate(selfSignedCertificate(key)).validTo.includes("9999"));
});

Deno.test("selfSignedCertificate: a key of another kind is refused", () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
  assertThrows(() => selfSignedCertificate(privateKey), TypeError, "ec (secp384r1)");
});
