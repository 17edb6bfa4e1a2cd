/**
 * The fault matrix: every way in which a link can fail to be there, with what `why` must say of it at
 * each end that can know.
 */

import { type Address, parseAddress } from "../../src/base/address.ts";
import type { NodeId } from "../../src/base/node_id.ts";
import type { Connection, ConnectionErrorCode, ListenHandler } from "../../src/base/ports.ts";
import { SeededRandom } from "../../src/base/random.ts";
import type { Config } from "../../src/config/schema.ts";
import type { CauseCode } from "../../src/diagnosis/causes.ts";
import { formatKnownPeers, type KnownPeer } from "../../src/identity/known_peers.ts";
import { KNOWN_PEERS_FILE } from "../../src/identity/known_peers_file.ts";
import { Cluster } from "../../src/sim/cluster.ts";
import type { SimHost } from "../../src/sim/host.ts";
import type { SimNode } from "../../src/sim/sim_node.ts";
import { encodeItem } from "../../src/wire/cbor.ts";
import { encodeFrame } from "../../src/wire/frame.ts";
import { PROTOCOL_VERSION } from "../../src/wire/limits.ts";
import { encodeLinkMessage } from "../../src/wire/link.ts";
import { GARBAGE, Stranger } from "../controller/stranger.ts";

/** Asked of a node: what it finds about another one. */
export interface Question {
  node: SimNode;
  about: NodeId | Address;
  code: CauseCode;
  up: boolean;
}

/** One fault: what is asked once it has happened, in order. */
export interface Fault {
  what: string;
  /** The codes that must be met. */
  codes: readonly CauseCode[];
  happen(): Generator<Question>;
}

/** Dials nobody but its targets, so that only the fault decides what is tried. */
function quiet({ network: { controller } }: Config): void {
  controller.peers.min_link_count = 0;
}

/** Alice, and bob who dials her; either may be configured. */
function pair(options: { alice?: (config: Config) => void; bob?: (config: Config) => void } = {}) {
  const cluster = new Cluster({ seed: 1, configure: quiet });
  const alice = cluster.add("alice", { configure: options.alice ?? (() => {}) });
  const bob = cluster.add("bob", { targets: [alice], configure: options.bob ?? (() => {}) });
  return { cluster, alice, bob };
}

/** Alice and bob, with a link. */
function linkedPair(options?: Parameters<typeof pair>[0]) {
  const made = pair(options);
  made.cluster.startAll();
  made.cluster.run(6_000);
  return made;
}

/** Alice, bob who dials her, and carol who dials bob. */
function linkedChain() {
  const { cluster, alice, bob } = pair();
  const carol = cluster.add("carol", { targets: [bob] });
  cluster.startAll();
  cluster.run(6_000);
  return { cluster, alice, bob, carol };
}

function asks(node: SimNode, about: NodeId | Address, code: CauseCode, up = false): Question {
  return { node, about, code, up };
}

/** Bob, whose attempts all fail in one way. */
function failingDials(code: ConnectionErrorCode) {
  const { cluster, bob } = pair();
  const target = parseAddress("nowhere.example:8083");
  bob.targets = [target];
  bob.host.dial = (_to, handler): Connection => {
    cluster.timeline.after(1, () => handler.closed({ code, detail: "as the test says" }));
    return { send() {}, close() {}, queuedBytes: 0 };
  };
  bob.start();
  cluster.run(100);
  return { bob, target };
}

/** Bob, who dials somebody that accepts connections and answers each as given, or not at all. */
function oddListener(answer?: Uint8Array) {
  const { cluster, bob } = pair();
  const { host, id } = oddHost(cluster);
  const at = parseAddress(`[${host.ip}]:8083`);
  host.listen(at, {
    listening() {},
    failed() {},
    refused() {},
    accepted: (connection) => {
      if (answer !== undefined) connection.send(answer);
      return { opened() {}, received() {}, drained() {}, closed() {} };
    },
  });
  bob.targets = [at];
  bob.start();
  return { cluster, bob, at, id };
}

function oddHost(cluster: Cluster): { host: SimHost; id: NodeId } {
  const host = cluster.network.addHost("fd00::bad");
  host.id = cluster.crypto.newSigner(new SeededRandom(0xbad)).id;
  return { host, id: host.id };
}

/** What bob's connections are, to send on them what he would not. */
function tapped(node: SimNode): Connection[] {
  const connections: Connection[] = [];
  const dial = node.host.dial.bind(node.host);
  node.host.dial = (to, handler) => {
    const connection = dial(to, handler);
    connections.push(connection);
    return connection;
  };
  return connections;
}

/** Puts a peer into the file of a node that has not started. */
function acquaint(node: SimNode, peer: Partial<KnownPeer> & Pick<KnownPeer, "id">): void {
  const rest = { label: "erin", addresses: [], firstSeen: 1, lastSeen: 2, pinned: false };
  const known = { ...rest, formerly: [], ...peer };
  node.store.texts.set(KNOWN_PEERS_FILE, formatKnownPeers([known]));
}

/** The id of nobody on the network. */
function strangeId(cluster: Cluster): NodeId {
  return cluster.crypto.newSigner(new SeededRandom(0xfeed)).id;
}

/** Two configurations that cannot come together, and what both ends say. */
function misfit(what: string, code: CauseCode, alice: (config: Config) => void): Fault {
  return {
    what,
    codes: [code],
    *happen() {
      const { cluster, alice: one, bob } = pair({ alice });
      cluster.startAll();
      cluster.run(500);
      yield asks(one, bob.id, code);
      yield asks(one, bob.address, code);
      yield asks(bob, one.id, code);
      yield asks(bob, one.address, code);
    },
  };
}

/** One end turns the other one away, and both say so. */
function refusal(
  what: string,
  [here, there]: readonly [CauseCode, CauseCode],
  alice: (config: Config, bob: NodeId) => void,
): Fault {
  return {
    what,
    codes: [here, there],
    *happen() {
      const cluster = new Cluster({ seed: 1, configure: quiet });
      const bob = cluster.add("bob");
      const guard = cluster.add("alice", { configure: (config) => alice(config, bob.id) });
      bob.targets = [guard.address];
      cluster.startAll();
      cluster.run(500);
      yield asks(guard, bob.id, here);
      yield asks(bob, guard.id, there);
      yield asks(bob, guard.address, there);
    },
  };
}

/** Every dial fails in one way below the link. */
function dialFailure(error: ConnectionErrorCode, code: CauseCode): Fault {
  return {
    what: `dials fail as ${error}`,
    codes: [code],
    *happen() {
      const { bob, target } = failingDials(error);
      yield asks(bob, target, code);
    },
  };
}

export const FAULTS: readonly Fault[] = [
  {
    what: "none: a link is up",
    codes: ["up"],
    *happen() {
      const { alice, bob } = linkedPair();
      yield asks(alice, bob.id, "up", true);
      yield asks(bob, alice.id, "up", true);
      yield asks(alice, bob.address, "up", true);
      yield asks(bob, alice.address, "up", true);
    },
  },
  {
    what: "none: other nodes are between",
    codes: ["up-through"],
    *happen() {
      const { alice, carol } = linkedChain();
      yield asks(alice, carol.id, "up-through", true);
      yield asks(carol, alice.id, "up-through", true);
      yield asks(carol, alice.address, "up-through", true);
    },
  },
  {
    what: "the node itself is meant",
    codes: ["self"],
    *happen() {
      const { cluster, alice } = pair();
      alice.targets = [alice.address];
      alice.start();
      cluster.run(100);
      yield asks(alice, alice.id, "self", true);
      yield asks(alice, alice.address, "self", true);
    },
  },
  {
    what: "nobody ever heard of it",
    codes: ["unknown"],
    *happen() {
      const { cluster, alice } = linkedPair();
      yield asks(alice, strangeId(cluster), "unknown");
      yield asks(alice, parseAddress("[fd00::99]:8083"), "unknown");
    },
  },
  {
    what: "it is remembered without an address",
    codes: ["no-address"],
    *happen() {
      const { cluster, alice } = pair();
      const id = strangeId(cluster);
      acquaint(alice, { id });
      alice.start();
      cluster.run(100);
      yield asks(alice, id, "no-address");
    },
  },
  {
    what: "it said goodbye",
    codes: ["left"],
    *happen() {
      const { cluster, alice, bob, carol } = linkedChain();
      carol.leave();
      cluster.run(1_000);
      yield asks(bob, carol.id, "left");
      yield asks(alice, carol.id, "left");
      alice.leave();
      cluster.run(60_000);
      // Bob goes on dialling her in vain: that she left still says more.
      yield asks(bob, alice.id, "left");
      yield asks(bob, alice.address, "left");
    },
  },
  {
    what: "somebody ended the link by hand",
    codes: ["ended-by-hand", "ended-by-hand-there"],
    *happen() {
      const { cluster, alice, bob } = linkedPair();
      alice.api.disconnect(bob.id);
      cluster.run(100);
      yield asks(alice, bob.id, "ended-by-hand");
      yield asks(bob, alice.id, "ended-by-hand-there");
      cluster.run(60_000);
      yield asks(alice, bob.address, "ended-by-hand");
      yield asks(bob, alice.address, "ended-by-hand-there");
    },
  },
  {
    what: "somebody ended the link by hand, while others reach it",
    codes: ["ended-by-hand", "ended-by-hand-there"],
    *happen() {
      const { cluster, alice, bob, carol } = linkedChain();
      carol.connect(alice.address);
      cluster.run(1_000);
      bob.api.disconnect(alice.id);
      cluster.run(1_000);
      yield asks(bob, alice.id, "ended-by-hand", true);
      yield asks(alice, bob.id, "ended-by-hand-there", true);
    },
  },
  {
    what: "it broke the protocol",
    codes: ["banned", "protocol-broken-by-us", "banned-there"],
    *happen() {
      const { cluster, alice, bob } = pair();
      const connections = tapped(bob);
      cluster.startAll();
      cluster.run(1_000);
      connections[0]?.send(GARBAGE);
      cluster.run(100);
      yield asks(alice, bob.id, "banned");
      yield asks(bob, alice.id, "protocol-broken-by-us");
      cluster.run(3_000);
      yield asks(alice, bob.id, "banned");
      yield asks(bob, alice.id, "banned-there");
    },
  },
  {
    what: "it broke the protocol, and nobody is banned",
    codes: ["protocol-broken", "protocol-broken-by-us"],
    *happen() {
      const { cluster, alice, bob } = pair({
        alice: ({ network }) => network.controller.peers.max_banned_count = 0,
      });
      const connections = tapped(bob);
      cluster.startAll();
      cluster.run(1_000);
      connections[0]?.send(GARBAGE);
      cluster.run(100);
      yield asks(alice, bob.id, "protocol-broken");
      yield asks(bob, alice.id, "protocol-broken-by-us");
    },
  },
  refusal("it is on the deny list", ["denied", "untrusted-there"], ({ network }, bob) => {
    network.controller.trust.deny = [bob];
  }),
  refusal("only pinned ones may come in", ["denied", "untrusted-there"], ({ network }) => {
    network.controller.trust.mode = "pinned";
  }),
  refusal("there is no place for it", ["full", "full-there"], ({ network }) => {
    network.controller.incoming.max_conn_count = 0;
  }),
  {
    what: "its place goes to a link that was asked for",
    codes: ["full", "full-there"],
    *happen() {
      const { cluster, alice, bob } = linkedPair({
        alice: ({ network }) => network.controller.incoming.max_conn_count = 1,
      });
      // Carol was found and is not asked for, until dave is.
      bob.leave();
      const carol = cluster.add("carol", {
        configure: ({ network }) => network.controller.peers.min_link_count = 1,
      });
      acquaint(carol, { id: alice.id, addresses: [alice.address] });
      carol.start();
      cluster.run(1_000);
      yield asks(alice, carol.id, "up", true);
      cluster.add("dave", { targets: [alice] }).start();
      cluster.run(200);
      yield asks(alice, carol.id, "full");
      yield asks(carol, alice.id, "full-there");
    },
  },
  {
    what: "too many links are beginning",
    codes: ["busy", "busy-there"],
    *happen() {
      const { cluster, alice, bob } = pair({
        alice: ({ network }) => network.controller.incoming.max_simultaneous_conn_attempts = 1,
      });
      alice.start();
      cluster.run(10);
      new Stranger(cluster).call(alice.address);
      cluster.run(100);
      bob.start();
      cluster.run(100);
      yield asks(alice, bob.id, "busy");
      yield asks(bob, alice.id, "busy-there");
    },
  },
  {
    what: "another key is at a pinned address",
    codes: ["key-changed", "untrusted-there"],
    *happen() {
      const { cluster, alice, bob } = linkedPair();
      const before = alice.id;
      alice.kill();
      alice.replaceKey();
      alice.store.texts.clear();
      alice.start();
      cluster.run(10_000);
      yield asks(bob, before, "key-changed");
      yield asks(bob, alice.id, "key-changed");
      yield asks(bob, alice.address, "key-changed");
      yield asks(alice, bob.id, "untrusted-there");
    },
  },
  {
    what: "another node is at its address, where keys are not pinned",
    codes: ["other-node"],
    *happen() {
      const { cluster, alice, bob } = linkedPair({
        bob: ({ network }) => network.controller.trust.mode = "open",
      });
      const before = alice.id;
      alice.kill();
      alice.replaceKey();
      alice.start();
      cluster.run(10_000);
      yield asks(bob, before, "other-node");
      yield asks(bob, alice.id, "up", true);
    },
  },
  dialFailure("unresolved", "name-unresolved"),
  dialFailure("not-permitted", "dial-not-permitted"),
  dialFailure("other", "dial-failed"),
  dialFailure("address-in-use", "dial-failed"),
  dialFailure("tls", "tls-failed"),
  dialFailure("reset", "connection-broke"),
  {
    what: "its process died",
    codes: ["connection-broke", "dial-refused"],
    *happen() {
      const { cluster, alice, bob } = linkedPair();
      alice.kill();
      cluster.run(20);
      yield asks(bob, alice.id, "connection-broke");
      cluster.run(10_000);
      yield asks(bob, alice.id, "dial-refused");
      yield asks(bob, alice.address, "dial-refused");
      const carol = cluster.add("carol", { targets: [alice] });
      carol.start();
      cluster.run(100);
      yield asks(carol, alice.address, "dial-refused");
    },
  },
  {
    what: "its machine died",
    codes: ["heartbeat-lost", "dial-timed-out"],
    *happen() {
      const { cluster, alice, bob } = linkedPair();
      alice.crash();
      cluster.until(() => bob.snapshot().peers.length === 0, 20_000);
      yield asks(bob, alice.id, "heartbeat-lost");
      cluster.run(20_000);
      yield asks(bob, alice.id, "dial-timed-out");
      yield asks(bob, alice.address, "dial-timed-out");
    },
  },
  {
    what: "the network is torn",
    codes: ["heartbeat-lost"],
    *happen() {
      const { cluster, alice, bob } = linkedPair();
      cluster.cut([alice], [bob]);
      cluster.until(() => bob.snapshot().peers.length === 0, 20_000);
      yield asks(bob, alice.id, "heartbeat-lost");
      cluster.until(() => alice.snapshot().peers.length === 0, 20_000);
      yield asks(alice, bob.id, "heartbeat-lost");
    },
  },
  {
    what: "no machine has that address",
    codes: ["dial-unreachable"],
    *happen() {
      const { cluster, bob } = pair();
      const nowhere = parseAddress("[fd00::99]:8083");
      bob.targets = [nowhere];
      bob.start();
      cluster.run(100);
      yield asks(bob, nowhere, "dial-unreachable");
    },
  },
  {
    what: "a target is dead, while others reach the node behind it",
    codes: ["dial-refused"],
    *happen() {
      const { cluster, alice, bob, carol } = linkedChain();
      bob.connect(carol.address);
      const dead = parseAddress(`[${alice.host.ip}]:9999`);
      acquaint(bob, { id: alice.id, addresses: [dead] });
      bob.kill();
      bob.targets = [dead, carol.address];
      bob.start();
      carol.connect(alice.address);
      cluster.run(10_000);
      yield asks(bob, alice.id, "dial-refused", true);
      yield asks(alice, bob.id, "up-through", true);
    },
  },
  {
    what: "it is being dialled for the first time",
    codes: ["dialling"],
    *happen() {
      const { cluster, alice, bob } = pair();
      bob.start();
      alice.host.powerOff();
      cluster.run(1_000);
      yield asks(bob, alice.address, "dialling");
    },
  },
  {
    what: "it is known and there was no need to dial it",
    codes: ["waiting"],
    *happen() {
      const { cluster, alice, bob } = pair();
      acquaint(alice, { id: bob.id, addresses: [bob.address] });
      alice.start();
      cluster.run(100);
      yield asks(alice, bob.id, "waiting");
      yield asks(alice, bob.address, "waiting");
    },
  },
  {
    what: "somebody accepts connections and says nothing",
    codes: ["dialling", "hello-timed-out"],
    *happen() {
      const { cluster, bob, at, id } = oddListener();
      cluster.run(4_000);
      yield asks(bob, at, "dialling");
      cluster.run(2_000);
      yield asks(bob, at, "hello-timed-out");
      yield asks(bob, id, "hello-timed-out");
    },
  },
  {
    what: "somebody calls and says nothing",
    codes: ["hello-timed-out"],
    *happen() {
      const { cluster, alice } = linkedPair();
      const stranger = new Stranger(cluster);
      stranger.call(alice.address);
      cluster.run(6_000);
      yield asks(alice, stranger.signer().id, "hello-timed-out");
    },
  },
  {
    what: "a caller speaks another version",
    codes: ["version-differs"],
    *happen() {
      const { cluster, alice } = linkedPair();
      const stranger = new Stranger(cluster);
      const visit = stranger.call(alice.address);
      visit.send(encodeFrame(encodeItem([1, "area-net", PROTOCOL_VERSION + 1])));
      cluster.run(100);
      yield asks(alice, stranger.signer().id, "version-differs");
    },
  },
  {
    what: "who is dialled speaks another version",
    codes: ["version-differs"],
    *happen() {
      const detail = "this node speaks version 2, the hello was of version 1";
      const refuse = encodeLinkMessage({ type: "refuse", reason: "version", detail });
      const { cluster, bob, at, id } = oddListener(encodeFrame(refuse));
      cluster.run(100);
      yield asks(bob, at, "version-differs");
      yield asks(bob, id, "version-differs");
    },
  },
  {
    what: "who is dialled talks nonsense",
    codes: ["protocol-broken"],
    *happen() {
      const { cluster, bob, at } = oddListener(GARBAGE);
      cluster.run(100);
      yield asks(bob, at, "protocol-broken");
    },
  },
  misfit("the names of the networks differ", "network-differs", ({ network }) => {
    network.name = "another";
  }),
  misfit("only one of the two has a network key", "network-key-differs", ({ network }) => {
    network.key = "open sesame";
  }),
  {
    what: "what was between died",
    codes: ["lost"],
    *happen() {
      const { cluster, alice, bob, carol } = linkedChain();
      bob.kill();
      cluster.until(() => isLost(alice, carol) && isLost(carol, alice), 1_000, 1);
      yield asks(alice, carol.id, "lost");
      yield asks(carol, alice.id, "lost");
    },
  },
  {
    what: "a caller is sent away before there is a link",
    codes: ["turned-away", "dial-unreachable"],
    *happen() {
      const { cluster, alice } = pair();
      let door: ListenHandler | undefined;
      const listen = alice.host.listen.bind(alice.host);
      alice.host.listen = (at, handler) => {
        door = handler;
        return listen(at, handler);
      };
      alice.start();
      cluster.run(10);
      const caller = parseAddress("[fd00::bad]:50000");
      door?.refused(caller, "it showed no certificate");
      yield asks(alice, caller, "turned-away");
      yield asks(alice, parseAddress("[fd00::bad]:8083"), "turned-away");
      yield asks(alice, parseAddress("[fd00::bae]:8083"), "unknown");
      // What is known of an address counts for more than who else is on that machine.
      const target = parseAddress("[fd00::bad]:9999");
      alice.connect(target);
      cluster.run(100);
      yield asks(alice, target, "dial-unreachable");
    },
  },
];

function isLost(node: SimNode, other: SimNode): boolean {
  return node.snapshot().nodes.some(({ id, state }) => id === other.id && state === "failed");
}
