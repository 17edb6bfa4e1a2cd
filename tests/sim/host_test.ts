/** The virtual transport passes the suite that every transport passes, with any bandwidth. */

import { assert } from "@std/assert";
import { formatAddress } from "../../src/base/address.ts";
import { type NodeId, nodeIdFromBytes } from "../../src/base/node_id.ts";
import { LAN, type NetworkOptions } from "../../src/sim/network.ts";
import { type ComplianceRig, testTransport } from "../transport/compliance.ts";
import { TwoHosts } from "./two_hosts.ts";

function nodeId(number: number): NodeId {
  return nodeIdFromBytes(new Uint8Array(32).fill(number));
}

/** Virtual milliseconds within which every condition of the suite must come to hold. */
const PATIENCE_MS = 10_000;

/** A fast network card: 10 Gbit/s. */
const BYTES_PER_MS = 1_250_000;

function openRig(network: NetworkOptions): ComplianceRig {
  const { here, there, timeline } = new TwoHosts(1, network);
  const ids = { dialler: nodeId(1), listener: nodeId(2) };
  here.id = ids.dialler;
  there.id = ids.listener;
  return {
    transport: here,
    listening: there,
    ids,
    freeAddress: () => formatAddress({ host: there.ip, port: 0 }),
    until(condition) {
      const end = timeline.now() + PATIENCE_MS;
      while (!condition()) {
        assert(timeline.now() < end, `Not within ${PATIENCE_MS} ms of virtual time`);
        timeline.run(1);
      }
      return Promise.resolve();
    },
  };
}

testTransport("SimHost", () => openRig(LAN));
testTransport("SimHost with a bandwidth", () => openRig({ ...LAN, bytesPerMs: BYTES_PER_MS }));
