/**
 * Every answer to "why is there no link with that node?": a code that stays the same over versions,
 * the stage at which it fails, one clause that says what is the matter, and one sentence that says
 * what to do. docs/causes.md explains each code at length.
 *
 * A code that ends in `-there` is what the other side decided, told as it told it; the same code
 * without that ending is what this node decided.
 *
 * Every clause begins with a word of ours, never with what a stranger chose. What stands in braces is
 * filled in by `words.ts`.
 */

/** How far it came, from never having heard of a node to a path that leads to it. */
export const STAGES = [
  "never heard of",
  "no address",
  "policy",
  "resolve",
  "dial",
  "TLS",
  "key",
  "version",
  "network",
  "hello",
  "link",
  "network path",
] as const;

export type Stage = typeof STAGES[number];

/** One cause. */
export interface Cause {
  stage: Stage;
  /** What is the matter, for a sentence that begins with "it is down: ". */
  message: string;
  /** What to do; null where there is nothing to be done. */
  advice: string | null;
}

const CONTROLLER = "network.controller";

export const CAUSES = {
  "up": {
    stage: "link",
    message: "a link with it is up since {since}",
    advice: null,
  },
  "up-through": {
    stage: "network path",
    message: "it is reached through {via}, and no link with it is needed",
    advice: null,
  },
  "self": {
    stage: "key",
    message: "this is the node itself",
    advice: null,
  },

  "unknown": {
    stage: "never heard of",
    message: "nothing was ever heard of it",
    advice: "Look at the spelling, {program} map lists those there are; to reach a node for the " +
      "first time, give its address: {program} connect ADDRESS",
  },
  "no-address": {
    stage: "no address",
    message: "nobody knows an address of it",
    advice: "Ask its people where it listens, then: {program} connect ADDRESS",
  },

  "ended-by-hand": {
    stage: "policy",
    message: "somebody ended the link with it by hand, here",
    advice: "To have the link again: {program} connect {target}",
  },
  "banned": {
    stage: "policy",
    message: "this node keeps it out until {until}, because it broke the protocol{detail}",
    advice: "Update it or look at its log; the ban ends by itself, " +
      `${CONTROLLER}.peers.ban_time says how long the next one lasts`,
  },
  "denied": {
    stage: "policy",
    message: "the trust settings of this node keep it out{detail}",
    advice:
      `If it may come in, change ${CONTROLLER}.trust.allow, .deny or .mode and restart this ` +
      "node; where the mode is pinned, {program} known trust {id} {target} lets it in at once",
  },
  "full": {
    stage: "policy",
    message: "this node has no place for it{detail}",
    advice: `Raise ${CONTROLLER}.incoming.max_conn_count here and restart, or dial it from here: ` +
      "{program} connect {target}",
  },
  "busy": {
    stage: "policy",
    message: "this node sent it away while too many links were beginning{detail}",
    advice: "It tries again by itself; if this goes on, raise " +
      `${CONTROLLER}.incoming.max_simultaneous_conn_attempts here and restart`,
  },

  "name-unresolved": {
    stage: "resolve",
    message: "the name in {address} is unknown{detail}",
    advice: "Look at the spelling of the name, and whether this machine can look up names",
  },

  "dialling": {
    stage: "dial",
    message: "the first attempt at {address} is under way",
    advice: "Ask again in a few seconds",
  },
  "waiting": {
    stage: "dial",
    message: "it is known and was not dialled yet{next}",
    advice: "To dial it now and keep the link: {program} connect {target}",
  },
  "dial-refused": {
    stage: "dial",
    message: "nobody listens at {address}",
    advice:
      `Start the node there; if it runs, compare the address with its ${CONTROLLER}.listen.addr ` +
      "and .port",
  },
  "dial-timed-out": {
    stage: "dial",
    message: "nothing answers at {address}",
    advice: "See whether that machine is on, and whether a firewall drops what is sent to its port",
  },
  "dial-unreachable": {
    stage: "dial",
    message: "no way leads to {address}{detail}",
    advice: "Look at the network of this machine: whether it is up, has routes and speaks that " +
      "address family",
  },
  "dial-not-permitted": {
    stage: "dial",
    message: "this program may not connect to {address}{detail}",
    advice: "Allow it: permissions.node.net in deno.json or --allow-net, and the rules of this " +
      "machine's firewall",
  },
  "dial-failed": {
    stage: "dial",
    message: "the connection to {address} could not be made{detail}",
    advice: "Look at the address: {program} peers lists what is dialled",
  },

  "tls-failed": {
    stage: "TLS",
    message: "no secure connection could be made with {where}{detail}",
    advice: "See which program listens there: it must be a node of area-net with a certificate",
  },
  "turned-away": {
    stage: "TLS",
    message: "this node turned away a caller from {where} before its link began{detail}",
    advice:
      "See which program calls from there: it must be a node of area-net with a certificate; " +
      `where there are many behind one address, raise ${CONTROLLER}.incoming.max_conn_per_addr here`,
  },

  "key-changed": {
    stage: "key",
    message: "another key than the pinned one is at {address}: expected {expected}, met {met}",
    advice:
      "If that is right, accept it: {program} known trust {met} {target}; if not, find out who " +
      "is there",
  },
  "other-node": {
    stage: "key",
    message: "another node is at {address}: {met}",
    advice: "Ask its people where it listens now, then: {program} connect ADDRESS",
  },

  "version-differs": {
    stage: "version",
    message: "the versions of the protocol differ{detail}",
    advice: "Update the older of the two nodes",
  },

  "network-differs": {
    stage: "network",
    message: "the names of the networks differ{detail}",
    advice: "Give both nodes the same network.name and restart; if they belong to different " +
      "networks, take {address} out of the targets",
  },
  "network-key-differs": {
    stage: "network",
    message: "the network keys differ, or one of the two nodes has none",
    advice: "Give both nodes the same network.key or network.key_file, and restart",
  },

  "untrusted-there": {
    stage: "hello",
    message: "it does not trust the key of this node{detail}",
    advice:
      "If it should, run there: area-net known trust {self} {own}; where its lists keep this " +
      `node out, change ${CONTROLLER}.trust there`,
  },
  "banned-there": {
    stage: "hello",
    message: "it keeps this node out for a while, because this node broke the protocol",
    advice: "Update this node or look at the log of the other one; this node tries again by itself",
  },
  "ended-by-hand-there": {
    stage: "hello",
    message: "somebody ended the link by hand, at the other node",
    advice: "To have the link again, run there: area-net connect {own}",
  },
  "full-there": {
    stage: "hello",
    message: "it has no place for this node{detail}",
    advice:
      `Raise ${CONTROLLER}.incoming.max_conn_count there and restart it, or let it dial this ` +
      "node",
  },
  "busy-there": {
    stage: "hello",
    message: "it sent this node away while too many links were beginning there{detail}",
    advice: "This node tries again by itself; if this goes on, raise " +
      `${CONTROLLER}.incoming.max_simultaneous_conn_attempts there`,
  },
  "hello-timed-out": {
    stage: "hello",
    message: "a connection with {where} was made, and then the other side said nothing",
    advice: "See which program is there and whether it hangs; on a slow path, raise " +
      `${CONTROLLER}.peers.conn_attempt_timeout`,
  },

  "connection-broke": {
    stage: "link",
    message: "the connection with {where} broke at {since}{detail}",
    advice: "See whether the node there runs; if this goes on, look at what is between the two",
  },
  "heartbeat-lost": {
    stage: "link",
    message: "the link with {where} fell silent and was ended at {since}{detail}",
    advice: "See whether that machine is on and can be reached; on a slow path, raise " +
      `${CONTROLLER}.peers.heartbeat_timeout at both ends`,
  },
  "protocol-broken": {
    stage: "link",
    message: "it broke the protocol at {since}{detail}",
    advice: "Update it, or see which program is at {where}",
  },
  "protocol-broken-by-us": {
    stage: "link",
    message: "this node broke the protocol at {since}{detail}",
    advice: "Update this node; if both are up to date, report it with the logs of both",
  },

  "left": {
    stage: "network path",
    message: "it said goodbye and left the network at {since}",
    advice: "Start it again, if it was not meant to leave",
  },
  "lost": {
    stage: "network path",
    message: "no chain of links leads to it any more",
    advice: "See whether it runs; {program} map shows what else was lost",
  },
} as const satisfies Record<string, Cause>;

/** A code of the table. */
export type CauseCode = keyof typeof CAUSES;

/** Every code, in the order of the table. */
export const CAUSE_CODES = Object.keys(CAUSES) as CauseCode[];
