/** The parts of a node, made and put together: who knows whom stands here and nowhere else. */

import type { Address } from "../base/address.ts";
import { type NodeId, shortId } from "../base/node_id.ts";
import type { Crypto, Instant, Signer } from "../base/ports.ts";
import { type Random, randomInt } from "../base/random.ts";
import { BanList } from "../dialer/ban_list.ts";
import { Dht } from "../dht/dht.ts";
import { Dialer } from "../dialer/dialer.ts";
import { type KnownPeer, KnownPeers } from "../identity/known_peers.ts";
import { NetworkKey } from "../identity/network_key.ts";
import { Messaging } from "../messaging/messaging.ts";
import { Rooms } from "../rooms/rooms.ts";
import { Topology } from "../topology/topology.ts";
import { MAX_SUCCESSIONS } from "../wire/limits.ts";
import type { Succession } from "../wire/succession.ts";
import { Companions } from "./companions.ts";
import { Contacts } from "./contacts.ts";
import { Discovery } from "./discovery.ts";
import { Links } from "./links.ts";
import { Mail } from "./mail.ts";
import { Outreach } from "./outreach.ts";
import { Reception } from "./reception.ts";
import type { Settings } from "./settings.ts";
import { Parted } from "./parted.ts";

/** Who a node is and whom it knows. */
export interface PartsOptions {
  settings: Settings;
  signer: Signer;
  crypto: Crypto;
  /** Changes of the node's key, the newest last. */
  successions: readonly Succession[];
  knownPeers: readonly KnownPeer[];
  /** How the commands for this node begin, such as `area-net -p bob`. */
  program: string;
  random: Random;
  /** Whether so many more messages of so many bytes together would be taken. */
  hasRoom(count: number, bytes: number): boolean;
  /** What to add to an instant to have milliseconds since 1970. */
  wallOffsetMs: number;
  /** Whether an address can be dialled at all from here. */
  reaches(address: Address): boolean;
}

/** What a controller routes between. */
export interface Parts {
  links: Links;
  dialer: Dialer;
  bans: BanList;
  known: KnownPeers;
  topology: Topology;
  reception: Reception;
  discovery: Discovery;
  contacts: Contacts;
  messaging: Messaging;
  mail: Mail;
  rooms: Rooms;
  outreach: Outreach;
  /** Nodes with which a person ended the link. */
  parted: Parted;
}

/** Makes the parts of a node that begins at `now`. */
export function makeParts(now: Instant, options: PartsOptions): Parts {
  const { settings, signer, crypto, random, wallOffsetMs, program } = options;
  const { id } = signer;
  const label = settings.label === "" ? shortId(id) : settings.label;
  // Peers that were away for longer than so many changes cannot follow.
  const successions = options.successions.slice(-MAX_SUCCESSIONS);
  // Tells this run of the node from an earlier one.
  const instance = randomInt(random, 0x1_0000_0000);

  const links = new Links();
  const dialer = new Dialer(settings.dialer, random);
  const bans = new BanList(settings.maxBanned);
  const known = new KnownPeers(settings.maxKnown, options.knownPeers);
  const parted = new Parted();
  // A new one for each run: what was sealed to an earlier one, nobody can open any more.
  const sealingKey = crypto.newAgreementKey();
  const topology = new Topology(now, wallOffsetMs, {
    ...settings.topology,
    signer,
    crypto,
    successions,
    sealingKey: sealingKey.publicKey,
    label,
  });
  const { reaches } = options;
  const discovery = new Discovery({ topology, dialer, links, bans, parted, reaches });
  const { minLinks } = settings.dialer;
  const companions = new Companions({ self: id, dialer, discovery, links, minLinks });
  // Above the numbers of every earlier run, whatever it counted.
  const firstNumber = Math.floor(now + wallOffsetMs);
  const messaging = new Messaging(now, {
    ...settings.messaging,
    self: id,
    crypto,
    sealingKey,
    topology,
    firstContext: firstNumber,
    maxOrigins: settings.topology.maxNodes,
    hasRoom: options.hasRoom,
  });
  const dht = new Dht(now, { ...settings.dht, self: id, crypto, random });
  const rooms = new Rooms(now, {
    ...settings.rooms,
    signer,
    crypto,
    random,
    dht,
    map: topology,
    label,
    sealingKey: sealingKey.publicKey,
    firstEpoch: firstNumber,
  });
  const mail = new Mail({ messaging, topology, dht, rooms });
  const outreach = new Outreach({
    dialer,
    discovery,
    links,
    companions,
    rooms,
    topology,
    session: settings.session,
    minLinks,
  });
  const reception = new Reception({
    self: { network: settings.network, id, instance, label, successions },
    crypto,
    networkKey: new NetworkKey(crypto, settings.networkKey),
    trust: settings.trust,
    known,
    maxIncoming: settings.maxIncoming,
    program,
    links,
    bans,
    parted,
    isTarget: (peer: NodeId) => dialer.isTarget(peer),
    reaches,
  });
  const contacts = new Contacts();
  return {
    links,
    dialer,
    bans,
    known,
    topology,
    reception,
    discovery,
    contacts,
    messaging,
    mail,
    rooms,
    outreach,
    parted,
  };
}
