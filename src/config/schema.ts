/**
 * Every setting there is: its key, kind, default and meaning. The shape is that of the TOML files,
 * and `Config` is inferred from it, so a setting that is written here and nowhere else already is
 * read, checked, documented and shown.
 */

import * as z from "zod";
import {
  addresses,
  choice,
  flag,
  iceServers,
  ipAddress,
  label,
  name,
  nodeIds,
  path,
  seconds,
  secondsOrNever,
  secret,
  whole,
} from "./fields.ts";

/** The whole configuration. An empty object parses to the defaults. */
export const configSchema = z.strictObject({
  label: label(
    "",
    "Name of this node as people see it, in logs, tables and diagrams. " +
      "Empty: the first 8 characters of the node's id.",
  ),
  network: z.strictObject({
    name: name(
      "area-net",
      "Name of the network. Nodes that give another name are refused, so networks that share " +
        "addresses stay apart.",
    ),
    key: secret(
      "Secret that all nodes of the network share, which keeps strangers out. It is never sent, but " +
        "whoever this node shakes hands with can try out guesses at leisure, so it must be long and " +
        "random. Empty: none, and trust alone decides who gets in.",
    ),
    key_file: path(
      "",
      "File whose first line is the network's key, in place of key, so that the secret stands in no " +
        "configuration and on no command line. It must be closed to other users. Empty: none.",
    ),
    controller: z.strictObject({
      peer_file_dump_interval: seconds(
        5,
        "Seconds between two looks at whether peers.json and peers.d2 must be written anew. " +
          "Lower: fresher pictures, more writing while the network changes.",
      ),
      d2: flag(
        false,
        "Whether peers.d2, a diagram of the whole network, is written beside peers.json. " +
          "Costs one file, which grows with the network.",
      ),
      d2_max_nodes: whole(
        60,
        { min: 1, max: 16_384 },
        "Nodes up to which peers.d2 shows each of them. A larger network is drawn as this node's " +
          "neighbourhood and clusters of the others. Higher: more detail, diagrams that take long.",
      ),
      listen: z.strictObject({
        addr: ipAddress(
          "::1",
          "IP address to listen at, without brackets. " +
            'Loopback keeps other machines out, "::" lets in whoever can reach this one.',
        ),
        port: whole(
          8083,
          { min: 0, max: 65535 },
          "TCP port to listen at. 0: any free port, which others can then only learn from the network.",
        ),
      }).prefault({}),
      target: z.strictObject({
        file: path(
          "profiles/default.json",
          'JSON array of initial targets, each "[addr]:port". A relative path starts at the working ' +
            "directory. Reports, the log, the known peers and the identity are kept in the folder of " +
            "this file. Empty: no file, and nothing is written.",
        ),
        addrs: addresses(
          'Initial targets beside those of the file, each "[addr]:port" or "host:port".',
        ),
      }).prefault({}),
      identity: z.strictObject({
        key: path(
          "",
          "PEM file of a private key of one's own: Ed25519, P-256 or RSA. It must be closed to other " +
            "users. Empty: a profile's key is made at its first start and kept in the folder of the " +
            "target file; a node without a profile makes one at every start.",
        ),
        cert: path(
          "",
          "PEM file of the certificate that goes with identity.key. Empty: it is made from the key.",
        ),
      }).refine((identity) => identity.cert === "" || identity.key !== "", {
        path: ["cert"],
        error: "wanted its private key in key",
        params: { against: "key" },
      }).prefault({}),
      trust: z.strictObject({
        mode: choice(
          ["tofu", "pinned", "open"],
          "tofu",
          "Whose key is trusted. tofu: at each initial target the first key seen is pinned in " +
            "known_peers.json, and another one is refused there. pinned: besides, only nodes in " +
            "trust.allow or pinned in known_peers.json get in. open: any key anywhere, for labs.",
        ),
        allow: nodeIds(
          "Ids of the only nodes that may be peers; in mode pinned, besides those that are pinned. " +
            "Empty: all may, unless the mode is pinned.",
        ),
        deny: nodeIds("Ids of nodes that may not be peers, whatever else is said of them."),
      }).prefault({}),
      incoming: z.strictObject({
        max_conn_count: whole(
          32,
          { min: 0, max: 1000 },
          "Links that other nodes may hold to this one. Higher: more memory and heartbeats. " +
            "0: nobody gets in.",
        ),
        max_simultaneous_conn_attempts: whole(
          16,
          { min: 1, max: 1000 },
          "Connections that may be shaking hands with this node at one moment. " +
            "Higher: strangers can hold more memory. Lower: a rush of honest nodes has to try again.",
        ),
        handshake_timeout: seconds(
          5,
          "Seconds after which a connection whose TLS handshake is not over is closed. " +
            "Lower: silent strangers are gone sooner, honest nodes on slow paths have to try again.",
        ),
        max_conn_per_addr: whole(
          16,
          { min: 1, max: 2000 },
          "Connections that one IP address may hold to this node, up or still shaking hands. " +
            "Higher: more nodes behind one address or on one machine, more that one stranger can hold.",
        ),
      }).prefault({}),
      outgoing: z.strictObject({
        max_simultaneous_conn_attempts: whole(
          8,
          { min: 1, max: 1000 },
          "Dials that may be under way at one moment. Higher: a faster start where many targets are " +
            "dead, in bigger bursts of traffic.",
        ),
      }).prefault({}),
      peers: z.strictObject({
        max_conn_attempt: whole(
          4,
          { min: 1, max: 1000 },
          "Failed attempts in a row after which a discovered address rests for ten times " +
            "conn_attempt_max_delay, or until there is news of it. Higher: more patience, more dials " +
            "in vain. Initial targets are never given up.",
        ),
        conn_attempt_delay: seconds(
          1,
          "Seconds before the first new attempt at an address; each further failure doubles them. " +
            "Lower: a quicker return after short outages, more dials in vain.",
        ),
        conn_attempt_max_delay: seconds(
          30,
          "Seconds at which the doubling of conn_attempt_delay stops. " +
            "Higher: fewer dials in vain, a slower return after long outages.",
        ),
        conn_attempt_timeout: seconds(
          5,
          "Seconds that a dial and its handshake may take together. " +
            "Lower: dead addresses are found sooner, slow ones are given up.",
        ),
        max_idle_count: whole(
          32,
          { min: 0, max: 100_000 },
          "Discovered addresses that are kept without a link to them. " +
            "Higher: more ways back into the network after trouble, more memory.",
        ),
        max_banned_count: whole(
          32,
          { min: 0, max: 100_000 },
          "Nodes that are kept out at one moment; beyond it the oldest ban ends early. " +
            "Higher: more memory. 0: nobody is kept out.",
        ),
        ban_time: seconds(
          60,
          "Seconds for which a node that broke the protocol is kept out. " +
            "Higher: more peace from broken nodes, a longer wait for those that were repaired.",
        ),
        max_known_count: whole(
          1000,
          { min: 1, max: 100_000 },
          "Peers that known_peers.json remembers; beyond it those unseen for longest are forgotten, " +
            "pinned ones last. Higher: more ways back into the network after a restart, a larger file.",
        ),
        min_link_count: whole(
          4,
          { min: 0, max: 1000 },
          "Links that this node tries to hold: with fewer, it dials discovered nodes. " +
            "Higher: a sturdier network with more heartbeats. 0: only initial targets are dialled.",
        ),
        heartbeat_timeout: seconds(
          10,
          "Seconds of silence after which a link is dead. Must exceed heartbeat_period. " +
            "Lower: losses are noticed sooner, slow links are taken for dead.",
        ),
        heartbeat_period: seconds(
          2,
          "Seconds between two heartbeats on a link; each one measures the round trip. " +
            "Lower: fresher round-trip times, more traffic.",
        ),
      }).refine((peers) => peers.conn_attempt_max_delay >= peers.conn_attempt_delay, {
        path: ["conn_attempt_max_delay"],
        error: "wanted no less than conn_attempt_delay",
        params: { against: "conn_attempt_delay" },
      }).refine((peers) => peers.heartbeat_timeout > peers.heartbeat_period, {
        path: ["heartbeat_timeout"],
        error: "wanted more than heartbeat_period",
        params: { against: "heartbeat_period" },
      }).prefault({}),
      topology: z.strictObject({
        max_age: seconds(
          3600,
          "Seconds that the advertisement of a node lives without being renewed, and so how long a " +
            "lost node stays on the map. Each node renews its own every third of it. " +
            "Lower: lost nodes are forgotten sooner, more traffic.",
        ),
        max_nodes: whole(
          4096,
          { min: 1, max: 16_384 },
          "Nodes that the map may hold. Higher: room for a larger network, more memory that strangers " +
            "can claim.",
        ),
        max_clock_skew: seconds(
          600,
          "Seconds by which another node's clock may be ahead of ours before its advertisements " +
            "are refused. Higher: wrong clocks are forgiven, wrong dates believed. " +
            "Lower: every node needs a clock that is set well.",
        ),
      }).refine((topology) => topology.max_age > topology.max_clock_skew, {
        path: ["max_age"],
        error: "wanted more than max_clock_skew",
        params: { against: "max_clock_skew" },
      }).prefault({}),
      control: z.strictObject({
        socket: path(
          "",
          "Unix socket at which programs on this machine, the commands of area-net among them, talk to " +
            "the node. At most 107 bytes. Empty: control.sock in the folder of the target file, and " +
            "none for a node without a profile.",
        ),
      }).prefault({}),
      messages: z.strictObject({
        print: flag(
          false,
          "Whether messages for this node are printed to standard output while no console and no " +
            "other program listens to them. Printed messages count as read.",
        ),
        max_unread_count: whole(
          1000,
          { min: 1, max: 1_000_000 },
          "Messages that may wait to be read; as many are kept after they were. While so many wait, " +
            "further ones are refused and their senders told. Higher: more patience, more memory.",
        ),
        max_unread_size: whole(
          16_777_216,
          { min: 1_048_576, max: 1_073_741_824 },
          "Bytes of messages that may wait to be read; as many are kept after they were. " +
            "Higher: more patience, more memory.",
        ),
        max_queue_per_peer: whole(
          8_388_608,
          { min: 1_048_576, max: 1_073_741_824 },
          "Bytes of messages that may wait for one recipient, and of envelopes that may wait for one " +
            "link. Beyond it messages are refused at once. Higher: larger bursts, more memory.",
        ),
        max_queue: whole(
          67_108_864,
          { min: 1_048_576, max: 4_294_967_296 },
          "Bytes of messages, and again of envelopes, that may wait in all. " +
            "Higher: larger bursts, more memory that strangers can claim.",
        ),
      }).prefault({}),
      ping: z.strictObject({
        period: secondsOrNever(
          0,
          "Seconds between two greetings that this node sends to every other one, which the others " +
            "show: a heartbeat that people can see. Lower: a livelier log, more traffic. 0: none.",
        ),
      }).prefault({}),
      rooms: z.strictObject({
        max_count: whole(
          32,
          { min: 1, max: 1000 },
          "Rooms that this node may be in at once. Higher: more rooms, more traffic to keep them known.",
        ),
        max_link_count: whole(
          48,
          { min: 0, max: 1000 },
          "Links that this node makes to members of its rooms, beside its other links. Beyond it, and " +
            "where none can be made, members talk through the network. Higher: shorter ways, more heartbeats.",
        ),
        max_unread_count: whole(
          1000,
          { min: 1, max: 1_000_000 },
          "Events of a room that are kept for whoever reads it next; the oldest go first. " +
            "Higher: longer memory, more of it.",
        ),
      }).prefault({}),
      dht: z.strictObject({
        bucket_size: whole(
          20,
          { min: 1, max: 64 },
          "Nodes in a bucket of the Kademlia table, and nodes that keep each record. " +
            "Higher: records survive more losses, more traffic to renew them.",
        ),
        max_record_count: whole(
          16_384,
          { min: 1, max: 1_000_000 },
          "Records of rooms' members that this node keeps for others, some 400 bytes each. " +
            "Higher: room for more and larger rooms, more memory that strangers can claim.",
        ),
      }).prefault({}),
      browsers: z.strictObject({
        addr: ipAddress(
          "::1",
          "IP address at which browsers find the page of rooms and join the network, without brackets. " +
            'Loopback keeps other machines out, "::" lets in whoever can reach this one.',
        ),
        port: whole(
          0,
          { min: 0, max: 65535 },
          "TCP port for browsers. 0: none, until area-net room page opens any free port.",
        ),
        max_conn_count: whole(
          16,
          { min: 0, max: 10_000 },
          "Links with browsers at once; they count towards incoming.max_conn_count too. " +
            "Higher: more browsers, more memory and traffic.",
        ),
        ice_servers: iceServers(
          "STUN and TURN servers that browsers may ask for their public addresses, each a URL such as " +
            '"stun:stun.example:3478". They learn who asks. Empty: browsers in one network find each ' +
            "other, others talk through the nodes.",
        ),
      }).prefault({}),
      map: z.strictObject({
        addr: ipAddress(
          "::1",
          "IP address at which the live map is served, without brackets. Loopback keeps other machines " +
            "out; elsewhere the map is shown to nobody without the token in its address.",
        ),
        port: whole(
          0,
          { min: 0, max: 65535 },
          "TCP port of the live map. 0: it is off, and area-net map --open serves it at any free port.",
        ),
      }).prefault({}),
      log: z.strictObject({
        level: choice(
          ["debug", "info", "warn", "error"],
          "info",
          "Least weight of what is logged: debug, info, warn or error. " +
            "debug tells everything, in much larger files.",
        ),
        format: choice(
          ["text", "json"],
          "text",
          "How a log line is written: text for people, json for programs, one object a line.",
        ),
        max_size: whole(
          1_048_576,
          { min: 1024, max: 1_073_741_824 },
          "Bytes that area-net.log may reach before it is rotated. Higher: longer memory, more disk.",
        ),
        max_files: whole(
          3,
          { min: 0, max: 100 },
          "Rotated files that are kept beside area-net.log. Higher: longer memory, more disk. " +
            "0: what is rotated is gone.",
        ),
      }).prefault({}),
    }).prefault({}),
  }).refine((network) => network.key_file === "" || network.key === "", {
    path: ["key_file"],
    error: "wanted nothing beside key",
    params: { against: "key" },
  }).prefault({}),
});

/** A checked configuration: numbers are what the TOML files say, durations in seconds. */
export type Config = z.output<typeof configSchema>;

/** The configuration without any layer over it, as a value of the caller's own. */
export function defaultConfig(): Config {
  return configSchema.parse({});
}
