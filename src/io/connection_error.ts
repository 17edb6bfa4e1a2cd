/** The system's errors about sockets, turned into the codes of the house. */

import type { ConnectionError, ConnectionErrorCode } from "../base/ports.ts";
import { describeTlsError } from "./tls_error.ts";

const CODES: Readonly<Record<string, ConnectionErrorCode>> = {
  EACCES: "not-permitted",
  EADDRINUSE: "address-in-use",
  EADDRNOTAVAIL: "unreachable",
  EAI_AGAIN: "unresolved",
  EAI_NODATA: "unresolved",
  ECONNABORTED: "reset",
  ECONNREFUSED: "refused",
  ECONNRESET: "reset",
  EHOSTDOWN: "unreachable",
  EHOSTUNREACH: "unreachable",
  ENETDOWN: "unreachable",
  ENETUNREACH: "unreachable",
  ENOTFOUND: "unresolved",
  EPERM: "not-permitted",
  EPIPE: "reset",
  ETIMEDOUT: "timed-out",
};

/**
 * What went wrong, from an error that `node:net` or `node:tls` reported. Where several addresses of
 * one name were tried, the code is that of the first and the detail holds them all.
 */
export function connectionError(error: Error): ConnectionError {
  if (error instanceof AggregateError) {
    const tries = error.errors.map(connectionError);
    const details = tries.map(({ detail }) => detail).join("; ");
    return { code: tries[0]?.code ?? "other", detail: details };
  }
  if (error instanceof Deno.errors.NotCapable) {
    return { code: "not-permitted", detail: error.message };
  }
  const tlsWords = describeTlsError(error);
  if (tlsWords !== undefined) return { code: "tls", detail: tlsWords };
  const code = "code" in error ? CODES[String(error.code)] : undefined;
  return { code: code ?? "other", detail: error.message };
}
