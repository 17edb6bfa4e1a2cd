/** From the configuration, whose numbers are seconds, to what each part of a node asks for. */

import type { Config } from "../config/schema.ts";
import type { DialerOptions } from "../dialer/dialer.ts";
import type { SessionOptions } from "../session/session.ts";

/** The configuration as a node uses it. Times in milliseconds. */
export interface Settings {
  label: string;
  network: string;
  session: SessionOptions;
  dialer: DialerOptions;
  maxIncoming: number;
  maxIncomingHandshakes: number;
  maxBanned: number;
  banMs: number;
  reportPeriodMs: number;
  topology: { maxAgeMs: number; maxNodes: number };
}

/** What `config` means for the parts of a node. */
export function settingsOf(config: Config): Settings {
  const { controller, name } = config.network;
  const { incoming, outgoing, peers, topology } = controller;
  return {
    label: config.label,
    network: name,
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
    topology: { maxAgeMs: ms(topology.max_age), maxNodes: topology.max_nodes },
  };
}

function ms(seconds: number): number {
  return seconds * 1000;
}
