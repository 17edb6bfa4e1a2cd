/** Gathers from the parts of a node what bears on its link with one other node. */

import type { Address } from "../base/address.ts";
import type { NodeId } from "../base/node_id.ts";
import type { Instant } from "../base/ports.ts";
import type { AddressFacts, Facts, Failure, NamedNode } from "../diagnosis/facts.ts";
import type { Contact, FailedCall } from "./contacts.ts";
import { peerNamed, peerOf } from "./links.ts";
import type { NoticeNode } from "./notice.ts";
import type { Parts } from "./parts.ts";

/** What a controller says of itself. */
export interface Own {
  self: NodeId;
  /** What to add to an instant to have milliseconds since 1970. */
  wallOffsetMs: number;
  program: string;
}

/** Addresses of one node that are told of. */
const MAX_ADDRESSES = 32;

/** All that bears on the link with a node, or with whoever is at an address. */
export function gatherFacts(
  now: Instant,
  target: NodeId | Address,
  own: Own,
  parts: Parts,
): Facts {
  const asked = isAddress(target) ? target : undefined;
  const id = isAddress(target) ? whoIsAt(target, own, parts) : presentId(target, parts);
  return {
    now: now + own.wallOffsetMs,
    self: own.self,
    program: own.program,
    own: parts.reception.addresses.forNetwork[0],
    ...factsOfNode(now, id, asked, own, parts),
    ...factsOfAddresses(now, id, asked, own, parts),
  };
}

/** Nodes that are perhaps on no map: those met in earlier runs, and those that called in vain. */
export function acquaintances({ known, contacts }: Parts): NoticeNode[] {
  return [...known.all().map(({ id, label }) => ({ id, label })), ...contacts.callers()];
}

function isAddress(target: NodeId | Address): target is Address {
  return target.includes(":");
}

/** The id under which a node goes now, if it changed its key. */
function presentId(id: NodeId, { known }: Parts): NodeId {
  return known.all().find(({ formerly }) => formerly.includes(id))?.id ?? id;
}

/** Who is at an address, or should be, as far as anything tells. */
function whoIsAt(address: Address, { self }: Own, parts: Parts): NodeId | undefined {
  const { links, known, dialer, topology, contacts, reception } = parts;
  if (reception.addresses.forNetwork.includes(address)) return self;
  const linked = links.up().find((link) =>
    link.remote === address || peerNamed(link).address === address
  );
  const nodes = topology.nodes().filter(({ node }) => node.addresses.includes(address));
  const advertised = nodes.find(({ standing }) => standing === "alive") ?? nodes[0];
  return (linked && peerOf(linked).id) ??
    known.pinnedAt(address)?.id ??
    dialer.entryAt(address)?.id ??
    advertised?.node.id ??
    known.all().find(({ addresses }) => addresses.includes(address))?.id ??
    (isKnown(address, parts) ? contacts.attemptAt(address)?.met : undefined) ??
    contacts.callFrom(address)?.met;
}

function factsOfNode(
  now: Instant,
  id: NodeId | undefined,
  asked: Address | undefined,
  { self, wallOffsetMs }: Own,
  parts: Parts,
) {
  const { links, topology, known, contacts, bans, parted, reception } = parts;
  const link = links.up().find(({ session }) => session.peer?.id === id);
  const advertisement = id && topology.get(id);
  const acquaintance = id && known.get(id);
  const call = id === undefined ? asked && callFrom(asked, parts) : contacts.callOf(id);
  const ended = id && contacts.endingOf(id);
  const banEnd = id && bans.bannedUntil(id, now);
  const lastSeen = acquaintance?.lastSeen || undefined;
  const path = id && id !== self ? topology.path(id) : undefined;
  const label = [link?.session.peer, advertisement, acquaintance, call]
    .map((each) => each?.label)
    .find((each) => each !== undefined && each !== "");
  return {
    peer: { id, label, address: asked },
    linkedSince: link?.upSince === undefined ? undefined : link.upSince + wallOffsetMs,
    path: path?.map((each) => named(each, parts)),
    heard: advertisement && { at: advertisement.sequence, left: advertisement.left },
    linkedBy: claimants(id, parts),
    isEndedByHand: id !== undefined && parted.has(id),
    bannedUntil: banEnd && banEnd + wallOffsetMs,
    distrust: id && id !== self ? reception.objection(id, advertisement) : undefined,
    call: call && { ...failureOf(call, wallOffsetMs), listens: call.listens },
    ended: ended && failureOf(ended, wallOffsetMs),
    lastUp: link === undefined
      ? latest(lastSeen, ended && ended.at + wallOffsetMs)
      : now + wallOffsetMs,
  };
}

function factsOfAddresses(
  now: Instant,
  id: NodeId | undefined,
  asked: Address | undefined,
  own: Own,
  parts: Parts,
): Pick<Facts, "addresses" | "isWanted"> {
  const addresses = asked === undefined
    ? id === undefined ? [] : addressesOf(id, parts)
    : isKnown(asked, parts)
    ? [asked]
    : [];
  const isWanted = addresses.some((each) => parts.dialer.entryAt(each)?.isTarget);
  const told = addresses.slice(0, MAX_ADDRESSES);
  return { isWanted, addresses: told.map((each) => factsOfAddress(now, each, own, parts)) };
}

/** Where a node may be. */
function addressesOf(id: NodeId, parts: Parts): Address[] {
  const { links, topology, known, dialer, contacts } = parts;
  const link = links.up().find(({ session }) => session.peer?.id === id);
  return [
    ...new Set([
      ...dialer.addressesOf(id),
      ...(link === undefined ? [] : [peerNamed(link).address]),
      ...topology.get(id)?.addresses ?? [],
      ...known.get(id)?.addresses ?? [],
      ...contacts.addressesOf(id).filter((each) => isKnown(each, parts)),
    ]),
  ];
}

/** Callers come from a port of their own each time: of an unknown address the host says enough. */
function callFrom(address: Address, parts: Parts): FailedCall | undefined {
  const { contacts } = parts;
  const exact = contacts.callFrom(address);
  return exact ?? (isKnown(address, parts) ? undefined : contacts.callFromHost(address));
}

/** Whether an address still has to do with anything: what failed at others is over and done. */
function isKnown(address: Address, { links, dialer, topology, known }: Parts): boolean {
  return dialer.entryAt(address) !== undefined ||
    links.up().some((link) => peerNamed(link).address === address) ||
    topology.nodes().some(({ node }) => node.addresses.includes(address)) ||
    known.all().some(({ addresses }) => addresses.includes(address));
}

function factsOfAddress(
  now: Instant,
  address: Address,
  { wallOffsetMs }: Own,
  { dialer, links, contacts, known }: Parts,
): AddressFacts {
  const entry = dialer.entryAt(address);
  const attempt = contacts.attemptAt(address);
  const nextAt = dialer.nextAttemptAt(address, links.established());
  const link = links.up().find(({ direction, remote }) =>
    direction === "outgoing" && remote === address
  );
  return {
    address,
    failure: attempt && failureOf(attempt, wallOffsetMs),
    failures: attempt?.failures ?? 0,
    isDialling: entry?.isDialling ?? false,
    nextAt: nextAt === undefined ? undefined : Math.max(nextAt, now) + wallOffsetMs,
    pinned: known.pinnedAt(address)?.id,
    linked: link && peerOf(link).id,
  };
}

/** Nodes in the network that say to have a link with a node. */
function claimants(id: NodeId | undefined, { topology }: Parts): NamedNode[] {
  return topology.nodes()
    .filter(({ node, standing }) =>
      standing === "alive" && node.links.some(({ peer }) => peer === id)
    )
    .map(({ node: { id, label } }) => ({ id, label }));
}

function named(id: NodeId, { topology }: Parts): NamedNode {
  return { id, label: topology.get(id)?.label ?? "" };
}

function failureOf({ reason, at, address, met }: Contact, wallOffsetMs: number): Failure {
  return { reason, at: at + wallOffsetMs, address, met };
}

function latest(...times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
