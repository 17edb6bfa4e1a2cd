/**
 * Whom the door for browsers answers, beyond what `page_guard.ts` says of every page.
 *
 * Any page that somebody looks at can open a WebSocket to any address that the browser reaches, those
 * of loopback included, and would thereby bring its own node into the network from behind the
 * firewall. So the page must have come from a node of the network: from this one, or from one that
 * says on the map that browsers may come to it. Programs that are no browsers send no origin, or
 * whichever they like; against them stand the network key and the trust settings, as everywhere.
 */

import { type Address, formatAddress, splitAddress, webSocketAddress } from "../base/address.ts";
import {
  isLoopbackHost,
  judgeHost,
  judgeSource,
  type PageRequest,
  pathOf,
  type Refusal,
  refusal,
} from "./page_guard.ts";

/** The paths at which there is a WebSocket. */
const SOCKET_PATHS = ["/", "/node"];

/** Most characters of what a stranger sent that are shown. */
const MAX_SHOWN = 80;

/** Where browsers find what else there is to know. */
export const CONFIG_PATH = "/config.json";

/** What the guard of the door knows of the place where it stands. */
export interface DoorFacts {
  /** Whether nobody but this machine can connect. */
  isLoopback: boolean;
  /** The parts of the page, by their paths. */
  paths: readonly string[];
  /** `ws://` addresses of the other nodes to which browsers may come; asked for only where needed. */
  others(): readonly Address[];
}

/** A request for a WebSocket, as far as it is judged. */
export interface UpgradeRequest extends PageRequest {
  /** The header `Upgrade`. */
  upgrade: string | undefined;
  /** The header `Sec-WebSocket-Version`. */
  version: string | undefined;
  /** The header `Sec-WebSocket-Key`. */
  key: string | undefined;
}

/** The path that is asked for, or why nothing is answered. */
export function judgePage(
  request: PageRequest,
  { isLoopback, paths }: DoorFacts,
): string | Refusal {
  const wrong = judgeSource(request, isLoopback);
  if (wrong !== undefined) return wrong;
  const path = pathOf(request.target);
  if (paths.includes(path) || path === CONFIG_PATH) return path;
  return refusal(404, "There is nothing at this address");
}

/**
 * Why a request for a WebSocket is refused (RFC 6455, section 4.2), in words about who asks; undefined
 * when it is not.
 */
export function judgeUpgrade(
  { method, target, host, origin, upgrade, version, key }: UpgradeRequest,
  { isLoopback, others }: DoorFacts,
): Refusal | undefined {
  if (judgeHost(host, isLoopback) !== undefined) {
    return refusal(403, `it asked for the host ${shown(host)}, which is none of this node's own`);
  }
  if (method !== "GET" || upgrade?.toLowerCase() !== "websocket") {
    return refusal(400, "it asked for another protocol than WebSocket");
  }
  if (!SOCKET_PATHS.includes(pathOf(target))) {
    return refusal(404, `it asked for a WebSocket at ${shown(target)}, where none is`);
  }
  if (version !== "13") {
    return refusal(426, `it speaks version ${shown(version)} of WebSocket, wanted 13`);
  }
  if (!/^[A-Za-z0-9+/]{21}[AQgw]==$/.test(key ?? "")) {
    return refusal(400, "it sent no key of a WebSocket");
  }
  if (origin === undefined || isOwnPage(origin, host ?? "", others)) return undefined;
  return refusal(403, `it is a page of ${shown(origin)}, which is no node of this network`);
}

/** The `ws://` address by which a browser reached this node, if its Host header holds one. */
export function reachedAddress(host: string | undefined): Address | undefined {
  const place = placeOf(host ?? "");
  return place === undefined ? undefined : webSocketAddress(formatAddress(place));
}

/** Whether an address means another place on every machine. */
export function isOnLoopback(address: Address): boolean {
  return isLoopbackHost(splitAddress(address).host);
}

function isOwnPage(origin: string, host: string, others: () => readonly Address[]): boolean {
  const from = /^http:\/\/([^/@]+)$/.exec(origin)?.[1];
  const page = nameOf(placeOf(from ?? ""));
  if (page === undefined) return false;
  return page === nameOf(placeOf(host)) ||
    others().some((address) => page === nameOf(splitAddress(address)));
}

interface Place {
  host: string;
  port: number;
}

/** What stands in a header or after a scheme; a port that is not told is the one of HTTP. */
function placeOf(text: string): Place | undefined {
  const [, bracketed, bare, port = "80"] =
    /^(?:\[([0-9a-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = bracketed ?? bare;
  if (host === undefined) return undefined;
  try {
    const { host: normal } = splitAddress(formatAddress({ host, port: 0 }));
    return { host: normal, port: Number(port) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The same for every way to write it: all names of loopback are one. */
function nameOf(place: Place | undefined): string | undefined {
  if (place === undefined) return undefined;
  const host = isLoopbackHost(place.host) ? "localhost" : place.host;
  return `${host} ${place.port}`;
}

function shown(text = "none"): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
