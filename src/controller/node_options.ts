/** What a node is made of: who it is, its settings, the ports it lives on, and who hears of it. */

import type { Address } from "../base/address.ts";
import type { Clock, ConnectionError, Crypto, Signer, Transport } from "../base/ports.ts";
import type { Config } from "../config/schema.ts";
import type { KnownPeer } from "../identity/known_peers.ts";
import type { Succession } from "../wire/succession.ts";
import type { InboxMessage } from "./node_api.ts";
import type { Notice } from "./notice.ts";
import type { Snapshot } from "./snapshot.ts";

/** What a node is made of. */
export interface NodeOptions {
  config: Config;
  /** Initial targets. */
  targets: readonly Address[];
  /** Peers of earlier runs. */
  knownPeers: readonly KnownPeer[];
  /** Where to listen; the configuration's addr and port as one address. */
  listen: Address;
  signer: Signer;
  crypto: Crypto;
  /** Changes of the node's key, the newest last. */
  successions: readonly Succession[];
  /** Whether the history of the map is kept from the start, and not only once somebody asks for it. */
  recordsMap?: boolean;
  /** Rooms that it was in at the end of its last run. */
  rooms: readonly string[];
  /** How the commands for this node begin, such as `area-net -p bob`. */
  program: string;
  /** Everything the node does by chance follows from this number. */
  seed: number;
  transport: Transport;
  clock: Clock;
  /** Told of what people should hear. */
  tell(notice: Notice): void;
  /** Reads the messages for this node while nobody listens to them. */
  print?: (message: InboxMessage) => void;
  /** Told what the node knows, once every dump interval. */
  report(snapshot: Snapshot): void;
  /** Told, as often, whom to remember over a restart. */
  remember(peers: readonly KnownPeer[]): void;
  /** Told which rooms to join again after a restart, whenever they change. */
  keepRooms(names: readonly string[]): void;
  /** The node has left, or could not listen. Called once, last. */
  stopped(error?: ConnectionError): void;
}
