/**
 * Who gets the live map. A page in a browser is open to requests that other pages make it send, so a
 * port on loopback is no protection by itself; each of these rules closes one of the ways in:
 *
 * - The host must be an IP address or `localhost`. A page that had its own name point to this machine
 *   (DNS rebinding) comes with that name.
 * - Requests from pages of other origins are refused, by `Origin` and, where that is not sent, by
 *   `Sec-Fetch-Site`; a link that leads here may be followed.
 * - Beyond loopback nothing is shown without the token, which is compared in constant time.
 *
 * The port of the host is not looked at, so that the map can be reached through a tunnel.
 */

import { timingSafeEqual } from "node:crypto";
import { normalHost } from "../base/address.ts";

/** A request as far as it is judged. */
export interface MapRequest {
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
  status: 400 | 403 | 404 | 405;
  reason: string;
}

/** What is asked for. */
export type MapPath = typeof PATHS[number];

export const PATHS = ["/", "/map.js", "/map.css", "/events"] as const;

/** What a guard knows of the place where it stands. */
export interface GuardFacts {
  /** Whether nobody but this machine can connect. */
  isLoopback: boolean;
  /** What must be in the address of the map, as in `?token=…`; absent where nothing has to. */
  token?: string;
}

/** What a request asks for, or why it gets nothing. */
export function judge(request: MapRequest, { isLoopback, token }: GuardFacts): MapPath | Refusal {
  const { method, target, host, origin, site, mode } = request;
  const name = hostName(host ?? "");
  if (name === undefined || (isLoopback && !isLoopbackHost(name))) {
    return refusal(
      403,
      "Open the map by the IP address of this machine, or as localhost from itself",
    );
  }
  if (method !== "GET") return refusal(405, "Only GET is served here");
  if (origin !== undefined && origin !== `http://${host}`) {
    return refusal(403, "Another page asked for this, wanted one that came from here");
  }
  const [path = "", query = ""] = target.split("?", 2);
  const isForeign = site !== undefined && site !== "same-origin" && site !== "none";
  if (isForeign && !(path === "/" && mode === "navigate")) {
    return refusal(403, "Another page asked for this, wanted one that came from here");
  }
  if (token !== undefined && !isSame(new URLSearchParams(query).get("token") ?? "", token)) {
    return refusal(
      403,
      "The token of the address is missing or not valid any more: " +
        "area-net map --open on the node's machine tells the address",
    );
  }
  return PATHS.find((known) => known === path) ?? refusal(404, "There is nothing at this address");
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

/** Takes the same time wherever two texts of a length differ; that the length is not hidden tells nobody anything. */
function isSame(given: string, wanted: string): boolean {
  const [a, b] = [given, wanted].map((text) => new TextEncoder().encode(text));
  return a !== undefined && b !== undefined && a.length === b.length && timingSafeEqual(a, b);
}

function refusal(status: Refusal["status"], reason: string): Refusal {
  return { status, reason };
}
