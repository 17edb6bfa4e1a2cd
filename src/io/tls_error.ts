/**
 * What the TLS library says when a handshake fails, in words that help: its own speak of messages
 * and alerts, and some of them mislead.
 *
 * Deno's TLS is rustls; clients with OpenSSL show up here as well, by the alerts that they send.
 */

/** Named in the handshake (ALPN, RFC 7301), so that other services on the port are told apart. */
export const PROTOCOL = "area-net/1";

/** Each failure by the library's code and text, the first that fits. */
const WORDS: readonly [RegExp, string][] = [
  [/NoApplicationProtocol|doesn't support any known protocol/, `it does not speak ${PROTOCOL}`],
  [
    /ProtocolVersion|Tls12NotOffered|SupportedVersionsExtensionRequired|unsupported protocol/,
    "it does not speak TLS 1.3",
  ],
  [/InvalidContentType|InvalidMessage|corrupt message/, "it does not speak TLS"],
  [
    /alert: (BadCertificate|Certificate|UnknownCA|UnsupportedCertificate|DecryptError|AccessDenied)/,
    "it does not accept the certificate of this node",
  ],
  [/^ERR_TLS_CERT|invalid peer certificate/, "its certificate cannot be used"],
  [/peer is incompatible|HandshakeFailure/, "it knows no way of encrypting that this node knows"],
  [/peer misbehaved|InappropriateMessage/, "it breaks the rules of TLS"],
];

/**
 * What Deno says when a far end shows a self-signed certificate and then fails to sign with its
 * key. The certificates of all honest nodes are self-signed, so the code alone tells the failure.
 */
const KEY_NOT_PROVEN = ["DEPTH_ZERO_SELF_SIGNED_CERT", "SELF_SIGNED_CERT_IN_CHAIN"];

/**
 * Why a handshake failed, as a sentence about the far end ("it …"), or undefined when the error is
 * not one of TLS.
 */
export function describeTlsError(error: Error): string | undefined {
  const code = "code" in error ? String(error.code) : "";
  if (KEY_NOT_PROVEN.includes(code)) {
    return "it did not prove that it holds the key of its certificate";
  }
  if (!/^ERR_(SSL|TLS)_/.test(code)) return undefined;
  const known = WORDS.find(([pattern]) => pattern.test(`${code} ${error.message}`));
  return `${known?.[1] ?? "the handshake failed"} (${error.message})`;
}
