/**
 * What kind of address somebody claims. Whoever is introduced will be sent datagrams, so an address
 * that stands for no single machine is never passed on, and one that means a different machine to
 * everybody is passed on only where all are known to be in the same network.
 *
 * The ranges are those of the IANA special-purpose registries (RFC 6890) and of multicast (RFC 5771,
 * RFC 4291). Those kept for documentation count as public: nothing is wrong with them but that nobody
 * is there.
 */

import { type Address, splitAddress } from "../base/address.ts";

/**
 * - `public`: means the same machine everywhere.
 * - `private`: of a private network, of one link, or of this machine.
 * - `unusable`: unspecified, multicast, broadcast or reserved: no single machine has it.
 */
export type AddressKind = "public" | "private" | "unusable";

/** The kind of an address by number; host names, which the protocol does not allow, are `unusable`. */
export function addressKind(address: Address): AddressKind {
  const { host } = splitAddress(address);
  if (host.includes(":")) return kindOfIpv6(host);
  return /^[\d.]+$/.test(host) ? kindOfIpv4(host) : "unusable";
}

function kindOfIpv4(host: string): AddressKind {
  const [a = 0, b = 0] = host.split(".").map(Number);
  if (a === 0 || a >= 224) return "unusable";
  const isPrivate = a === 10 || a === 127 ||
    (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) ||
    (a === 169 && b === 254) || (a === 100 && b >= 64 && b < 128);
  return isPrivate ? "private" : "public";
}

/** @param host in normal form, so that only a first group of zeros is left out */
function kindOfIpv6(host: string): AddressKind {
  if (host === "::") return "unusable";
  if (host === "::1") return "private";
  const first = host.startsWith("::") ? 0 : parseInt(host, 16);
  if (first >= 0xff00) return "unusable";
  // Unique local (RFC 4193), and of one link (RFC 4291), with those of a site that came before.
  const isPrivate = (first & 0xfe00) === 0xfc00 || (first & 0xff80) === 0xfe80;
  return isPrivate ? "private" : "public";
}
