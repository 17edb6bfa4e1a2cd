/**
 * Network addresses: a host and a port, in one normal form, so that two ways of writing the same
 * address compare equal. IPv6 is compressed as RFC 5952 says, IPv4-mapped IPv6 becomes IPv4, and
 * names become lower case.
 *
 * An address without a scheme is dialled by TLS over TCP. Browsers cannot do that: they dial nodes at
 * `ws://host:port`, by WebSocket, and one another at `webrtc://ID`, over data channels.
 */

/** An address in normal form: `[::1]:8095`, `192.0.2.1:8095`, `host.example:8095`, `ws://[::1]:80`. */
export type Address = string & { readonly __brand: "Address" };

/** How an address is dialled. */
export type Scheme = "tls" | "ws" | "webrtc";

/** The two halves of an address. */
export interface HostPort {
  /** An IP address without brackets, or a host name. */
  host: string;
  /** 0 to 65535; 0 means any free port and is only good for listening. */
  port: number;
}

const WS = "ws://";
const WEBRTC = "webrtc://";

/** The node that is meant by an address of this form is found by its id alone. */
const NODE_ID = /^[a-z2-7]{52}$/;

/**
 * Reads `[addr]:port`, `addr:port` or `name:port`, any of them after `ws://`, or `webrtc://ID`.
 *
 * @param text as people write it
 * @throws {SyntaxError} saying which part cannot be read
 */
export function parseAddress(text: string): Address {
  const trimmed = text.trim();
  if (trimmed.startsWith(WS)) return webSocketAddress(parsePlain(trimmed.slice(WS.length), text));
  if (!trimmed.startsWith(WEBRTC)) return parsePlain(trimmed, text);
  if (!NODE_ID.test(trimmed.slice(WEBRTC.length))) {
    throw new SyntaxError(`"${text}" holds no node id after "${WEBRTC}"`);
  }
  return trimmed as Address;
}

/** Where a browser dials a node that listens for WebSockets at the host and port of `plain`. */
export function webSocketAddress(plain: Address): Address {
  return (WS + plain) as Address;
}

/** Where one browser dials another. @param id the other's node id in its text form */
export function webRtcAddress(id: string): Address {
  return (WEBRTC + id) as Address;
}

/** How an address is dialled. */
export function schemeOf(address: Address): Scheme {
  if (address.startsWith(WS)) return "ws";
  return address.startsWith(WEBRTC) ? "webrtc" : "tls";
}

/** @param text the whole of what somebody wrote, for the message of an error */
function parsePlain(plain: string, text: string): Address {
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(plain);
  if (match === null) {
    throw new SyntaxError(`"${text}" is not an address, wanted "[addr]:port" or "host:port"`);
  }
  const [, bracketed, bare, digits] = match;
  const port = Number(digits);
  if (port < 1 || port > 65535) {
    throw new SyntaxError(`"${text}" has port ${digits}, wanted 1 to 65535`);
  }
  if (bracketed !== undefined && normalIpv6(bracketed) === undefined) {
    throw new SyntaxError(`"${text}" holds no IPv6 address between its brackets`);
  }
  return formatAddress({ host: bracketed ?? bare ?? "", port });
}

/**
 * The normal form of a host and a port.
 *
 * @throws {SyntaxError} when the host is neither an IP address nor a host name
 */
export function formatAddress({ host, port }: HostPort): Address {
  const normal = normalHost(host);
  if (normal === undefined) throw new SyntaxError(`"${host}" is neither an IP address nor a name`);
  return (normal.includes(":") ? `[${normal}]:${port}` : `${normal}:${port}`) as Address;
}

/** The host and port of an address; of `webrtc://ID` the id, and 0. */
export function splitAddress(address: Address): HostPort {
  const scheme = schemeOf(address);
  if (scheme === "webrtc") return { host: address.slice(WEBRTC.length), port: 0 };
  const plain = scheme === "ws" ? address.slice(WS.length) : address;
  const colon = plain.lastIndexOf(":");
  const host = plain.slice(0, colon).replace(/^\[|\]$/g, "");
  return { host, port: Number(plain.slice(colon + 1)) };
}

/** Whether the address stands for "every interface" and so cannot be dialled from elsewhere. */
export function isWildcard(address: Address): boolean {
  const { host } = splitAddress(address);
  return host === "::" || host === "0.0.0.0";
}

/** The normal form of a host (IP address or name), or undefined if it is neither. */
export function normalHost(host: string): string | undefined {
  if (host.includes(":")) return normalIpv6(host);
  if (/^[\d.]+$/.test(host)) return normalIpv4(host);
  const name = host.toLowerCase();
  return name.length <= 253 && HOST_NAME.test(name) ? name : undefined;
}

const HOST_NAME = /^(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?$/;

function normalIpv4(text: string): string | undefined {
  const parts = text.split(".");
  const good = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && +part < 256);
  return good ? parts.map(Number).join(".") : undefined;
}

function normalIpv6(text: string): string | undefined {
  const [, address = "", zone = ""] = /^([^%]*)(%[\w.-]+)?$/.exec(text.toLowerCase()) ?? [];
  const groups = ipv6Groups(address);
  if (groups === undefined) return undefined;
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (mapped) {
    const [high = 0, low = 0] = groups.slice(6);
    return [high >> 8, high & 255, low >> 8, low & 255].join(".");
  }
  return compress(groups) + zone;
}

/** The eight 16-bit groups of an IPv6 address, or undefined. */
function ipv6Groups(text: string): number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, at) => readGroups(half, at === halves.length - 1));
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  if (tail === undefined) return head.length === 8 ? head : undefined;
  const gap = 8 - head.length - tail.length;
  return gap >= 1 ? [...head, ...new Array<number>(gap).fill(0), ...tail] : undefined;
}

/** @param isEnd whether the address ends here, where alone IPv4 notation may stand (RFC 4291) */
function readGroups(text: string, isEnd: boolean): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [at, part] of parts.entries()) {
    if (part.includes(".") && isEnd && at === parts.length - 1) {
      const ipv4 = normalIpv4(part)?.split(".").map(Number);
      if (ipv4 === undefined) return undefined;
      const [a = 0, b = 0, c = 0, d = 0] = ipv4;
      groups.push((a << 8) | b, (c << 8) | d);
    } else if (/^[0-9a-f]{1,4}$/.test(part)) {
      groups.push(parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}

/** RFC 5952: the longest run of two or more zero groups becomes `::`, the first one if several. */
function compress(groups: readonly number[]): string {
  let best = { start: -1, length: 1 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (start + length < groups.length && groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const hex = groups.map((group) => group.toString(16));
  if (best.start < 0) return hex.join(":");
  return hex.slice(0, best.start).join(":") + "::" +
    hex.slice(best.start + best.length).join(":");
}
