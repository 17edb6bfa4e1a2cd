/**
 * How pages of this node are answered for: with the headers that hold a browser to the page's own
 * origin, on every answer, a refusal too.
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Address } from "../base/address.ts";
import type { PageRequest, Refusal } from "./page_guard.ts";

/**
 * The headers of every answer. Scripts and styles come from here alone, nothing is a frame, and no
 * text can be made into markup.
 *
 * @param reaches what else a page may connect to than this server, as Content-Security-Policy says it
 */
export function pageHeaders(...reaches: readonly string[]): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    ["connect-src 'self'", ...reaches].join(" "),
    "img-src 'self' data: blob:",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  return {
    "content-security-policy": policy.join("; "),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
  };
}

/** A text, as HTTP sends it. */
export interface Part {
  body: Uint8Array;
  type: string;
}

/** A text of a type. */
export function partOf(text: string, type: string): Part {
  return { body: new TextEncoder().encode(text), type };
}

/** Answers with a text. */
export function answer(
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
  { body, type }: Part,
  status = 200,
): void {
  response.writeHead(status, { ...headers, "content-type": type, "content-length": body.length });
  response.end(body);
}

/** Says no, and ends the connection: whatever else the far end has to say is not wanted either. */
export function refuse(
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
  { status, reason }: Refusal,
): void {
  const more = {
    ...headers,
    connection: "close",
    ...(status === 405 && { allow: "GET" }),
    ...(status === 503 && { "retry-after": "10" }),
  };
  answer(response, more, partOf(`${reason}\n`, "text/plain; charset=utf-8"), status);
}

/** What of a request is judged. */
export function factsOf({ method = "", url = "", headers }: IncomingMessage): PageRequest {
  const one = (name: string) => {
    const value = headers[name];
    return Array.isArray(value) ? value.join() : value;
  };
  return {
    method,
    target: url,
    host: one("host"),
    origin: one("origin"),
    site: one("sec-fetch-site"),
    mode: one("sec-fetch-mode"),
  };
}

/** What to open in a browser for the page at an address that a server listens at. */
export function pageUrl(listening: Address): string {
  // No browser goes to "every interface", of which loopback is one.
  const address = listening.replace(/^\[::\]/, "[::1]").replace(/^0\.0\.0\.0/, "127.0.0.1");
  return `http://${address}/`;
}
