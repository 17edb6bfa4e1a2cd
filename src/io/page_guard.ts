/**
 * Who gets a page of this node. A page in a browser is open to requests that other pages make it send,
 * so a port on loopback is no protection by itself; each of these rules closes one of the ways in:
 *
 * - The host must be an IP address or `localhost`. A page that had its own name point to this machine
 *   (DNS rebinding) comes with that name.
 * - Requests from pages of other origins are refused, by `Origin` and, where that is not sent, by
 *   `Sec-Fetch-Site`; a link that leads here may be followed.
 *
 * The port of the host is not looked at, so that a page can be reached through a tunnel.
 */

import { normalHost } from "../base/address.ts";

/** A request as far as it is judged. */
export interface PageRequest {
  method: string;
  /** As the request has it: path and query. */
  target: string;
  host: string | undefined;
  origin: string | undefined;
  /** The header `Sec-Fetch-Site`. */
  site: string | undefined;
  /** The header `Sec-Fetch-Mode`. */
  mode: string | undefined;
}

/** Why a request is refused: an HTTP status, and a sentence for people. */
export interface Refusal {
  status: 400 | 403 | 404 | 405 | 426 | 503;
  reason: string;
}

/** Why a request must not be answered by whoever listens there, whatever it asks for. */
export function judgeHost(host: string | undefined, isLoopback: boolean): Refusal | undefined {
  const name = hostName(host ?? "");
  if (name !== undefined && (!isLoopback || isLoopbackHost(name))) return undefined;
  return refusal(
    403,
    "Open this page by the IP address of this machine, or as localhost from itself",
  );
}

/** Why a request for a page, or for a part of one, is refused, as far as its path does not matter. */
export function judgeSource(
  { method, target, host, origin, site, mode }: PageRequest,
  isLoopback: boolean,
): Refusal | undefined {
  const wrongHost = judgeHost(host, isLoopback);
  if (wrongHost !== undefined) return wrongHost;
  if (method !== "GET") return refusal(405, "Only GET is served here");
  const isForeign = site !== undefined && site !== "same-origin" && site !== "none";
  const isLink = pathOf(target) === "/" && mode === "navigate";
  if ((origin === undefined || origin === `http://${host}`) && (!isForeign || isLink)) {
    return undefined;
  }
  return refusal(403, "Another page asked for this, wanted one that came from here");
}

/** The path of a request, without its query. */
export function pathOf(target: string): string {
  return target.split("?", 1)[0] ?? "";
}

/** Whether an address to listen at keeps other machines out. */
export function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** The host of a Host header in normal form, if it is one that no name server has a say in. */
function hostName(header: string): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([\w.-]+))(?::\d{1,5})?$/i.exec(header);
  const host = normalHost(match?.[1] ?? match?.[2] ?? "");
  if (host === undefined) return undefined;
  return host === "localhost" || host.includes(":") || /^[\d.]+$/.test(host) ? host : undefined;
}

/** A no. */
export function refusal(status: Refusal["status"], reason: string): Refusal {
  return { status, reason };
}
