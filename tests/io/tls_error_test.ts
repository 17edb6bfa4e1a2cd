import { assertEquals } from "@std/assert";
import { connectionError } from "../../src/io/connection_error.ts";
import { describeTlsError } from "../../src/io/tls_error.ts";

function tlsError(code: string, message = code): Error {
  return Object.assign(new Error(message), { code });
}

Deno.test("describeTlsError: what the library says is put into words", () => {
  const words: [code: string, message: string, words: string][] = [
    [
      "ERR_SSL_NO_APPLICATION_PROTOCOL",
      "peer doesn't support any known protocol",
      "it does not speak area-net/1",
    ],
    [
      "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION",
      "received fatal alert: ProtocolVersion",
      "it does not speak TLS 1.3",
    ],
    [
      "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE",
      "peer is incompatible: Tls12NotOfferedOrEnabled",
      "it does not speak TLS 1.3",
    ],
    [
      "ERR_SSL_WRONG_VERSION_NUMBER",
      "received corrupt message of type InvalidContentType",
      "it does not speak TLS",
    ],
    [
      "ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE",
      "received fatal alert: BadCertificate",
      "it does not accept the certificate of this node",
    ],
    [
      "ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR",
      "received fatal alert: DecryptError",
      "it does not accept the certificate of this node",
    ],
    ["ERR_SSL_OTHER", "something new", "the handshake failed"],
  ];
  for (const [code, message, expected] of words) {
    assertEquals(describeTlsError(tlsError(code, message)), `${expected} (${message})`);
  }
});

Deno.test("describeTlsError: that a key was not proven is told without the library's own words", () => {
  const error = tlsError("DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed certificate");
  assertEquals(
    describeTlsError(error),
    "it did not prove that it holds the key of its certificate",
  );
});

Deno.test("describeTlsError: an error of something else is none of TLS", () => {
  for (const error of [tlsError("ECONNRESET"), new Error("ERR_SSL_no code")]) {
    assertEquals(describeTlsError(error), undefined);
  }
});

Deno.test("connectionError: an error of TLS has that code, with its words for detail", () => {
  const error = tlsError("ERR_SSL_WRONG_VERSION_NUMBER", "received corrupt message");
  assertEquals(connectionError(error), {
    code: "tls",
    detail: "it does not speak TLS (received corrupt message)",
  });
});
