/** The virtual transport passes the suite that every transport passes. */

import { assert } from "@std/assert";
import { formatAddress } from "../../src/base/address.ts";
import { type NodeId, nodeIdFromBytes } from "../../src/base/node_id.ts";
import { testTransport } from "../transport/compliance.ts";
import { TwoHosts } from "./two_hosts.ts";

function nodeId(number: number): NodeId {
  return nodeIdFromBytes(new Uint8Array(32).fill(number));
}

/** Virtual milliseconds within which every condition of the suite must come to hold. */
const PATIENCE_MS = 10_000;

testTransport("SimHost", () => {
  const { here, there, timeline } = new TwoHosts();
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
});
