/** The virtual transport passes the suite that every transport passes. */

import { assert } from "@std/assert";
import { formatAddress } from "../../src/base/address.ts";
import { testTransport } from "../transport/compliance.ts";
import { TwoHosts } from "./two_hosts.ts";

/** Virtual milliseconds within which every condition of the suite must come to hold. */
const PATIENCE_MS = 10_000;

testTransport("SimHost", () => {
  const { here: transport, timeline } = new TwoHosts();
  return {
    transport,
    freeAddress: () => formatAddress({ host: transport.ip, port: 0 }),
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
