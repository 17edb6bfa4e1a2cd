/** From the configuration, whose numbers are seconds, to what each part of a node asks for. */

import type { NodeId } from "../base/node_id.ts";
import type { Config } from "../config/schema.ts";
import type { DialerOptions } from "../dialer/dialer.ts";
import type { TrustMode } from "../identity/trust.ts";
import type { InboxLimits } from "../messaging/inbox.ts";
import type { QueueLimits } from "../messaging/link_queues.ts";
import type { SessionOptions } from "../session/session.ts";

/** The configuration as a node uses it. Times in milliseconds. */
export interface Settings {
  label: string;
  network: string;
  session: SessionOptions;
  dialer: DialerOptions;
  networkKey: string;
  trust: { mode: TrustMode; allow: readonly NodeId[]; deny: readonly NodeId[] };
  maxKnown: number;
  maxIncoming: number;
  maxIncomingHandshakes: number;
  maxBanned: number;
  banMs: number;
  reportPeriodMs: number;
  topology: { maxAgeMs: number; maxNodes: number; maxSkewMs: number };
  inbox: InboxLimits;
  messaging: { queues: QueueLimits; greetPeriodMs: number };
  dht: { bucketSize: number; maxRecords: number };
  rooms: { maxRooms: number; maxLinks: number };
  maxRoomEvents: number;
}

/** What `config` means for the parts of a node. */
export function settingsOf(config: Config): Settings {
  const { controller, key, name } = config.network;
  const { dht, incoming, messages, outgoing, peers, ping, rooms, topology, trust } = controller;
  return {
    label: config.label,
    network: name,
    networkKey: key,
    trust: {
      mode: trust.mode,
      allow: trust.allow,
      deny: trust.deny,
    },
    maxKnown: peers.max_known_count,
    session: {
      handshakeTimeoutMs: ms(peers.conn_attempt_timeout),
      heartbeatPeriodMs: ms(peers.heartbeat_period),
      heartbeatTimeoutMs: ms(peers.heartbeat_timeout),
    },
    dialer: {
      backoff: {
        initialMs: ms(peers.conn_attempt_delay),
        maxMs: ms(peers.conn_attempt_max_delay),
      },
      maxSimultaneous: outgoing.max_simultaneous_conn_attempts,
      maxAttempts: peers.max_conn_attempt,
      maxIdle: peers.max_idle_count,
      minLinks: peers.min_link_count,
    },
    maxIncoming: incoming.max_conn_count,
    maxIncomingHandshakes: incoming.max_simultaneous_conn_attempts,
    maxBanned: peers.max_banned_count,
    banMs: ms(peers.ban_time),
    reportPeriodMs: ms(controller.peer_file_dump_interval),
    topology: {
      maxAgeMs: ms(topology.max_age),
      maxNodes: topology.max_nodes,
      maxSkewMs: ms(topology.max_clock_skew),
    },
    inbox: { count: messages.max_unread_count, bytes: messages.max_unread_size },
    messaging: {
      queues: { perLink: messages.max_queue_per_peer, inAll: messages.max_queue },
      greetPeriodMs: ms(ping.period),
    },
    dht: { bucketSize: dht.bucket_size, maxRecords: dht.max_record_count },
    rooms: { maxRooms: rooms.max_count, maxLinks: rooms.max_link_count },
    maxRoomEvents: rooms.max_unread_count,
  };
}

function ms(seconds: number): number {
  return seconds * 1000;
}
