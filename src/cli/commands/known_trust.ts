import { type Address, parseAddress } from "../../base/address.ts";
import { type NodeId, nodeIdToBytes } from "../../base/node_id.ts";
import { type KnownPeer, KnownPeers } from "../../identity/known_peers.ts";
import { nodeName } from "../../report/visible.ts";
import { type Command, CommandError } from "../command.ts";
import { EXIT } from "../exit_code.ts";
import { formatAnswer } from "../format.ts";
import { findPeer, readKnownPeers, writeKnownPeers } from "../known_peers.ts";

/** `area-net known trust`: from now on one id alone is accepted at an address. */
export const knownTrust: Command = {
  name: "known trust",
  parameters: ["ID", "ADDRESS"],
  help: "accept this id alone at an address; the whole id if it was never met",
  options: ["json"],
  async run(args, host, [start = "", place = ""]) {
    const address = readAddress(place);
    const { file, peers } = await readKnownPeers(args, host);
    const trusted = findPeer(start, peers) ?? strangerOf(start);
    const known = new KnownPeers(Infinity, peers);
    const unpinned = known.trust(trusted.id, address);
    await writeKnownPeers({ file, peers: known.all() }, host);
    if (args.json) {
      const ids = unpinned.map(({ id }) => id);
      host.out(formatAnswer({ pinned: trusted.id, address, unpinned: ids }));
    } else {
      const losers = unpinned.map((peer) => `Unpinned ${nodeName(peer)}, who was pinned there\n`);
      host.out(`Pinned ${nodeName(trusted)} at ${address}\n${losers.join("")}${HINT}`);
    }
    return EXIT.fine;
  },
};

const HINT = "A running node does so at its next dump\n";

/** A peer that has not been met yet, by its whole id. */
function strangerOf(text: string): KnownPeer {
  try {
    nodeIdToBytes(text.toLowerCase());
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CommandError(
      `No known id begins with "${text}", and it is no whole id to trust ` +
        `unseen: ${error.message}`,
    );
  }
  const id = text.toLowerCase() as NodeId;
  return { id, label: "", addresses: [], firstSeen: 0, lastSeen: 0, pinned: false, formerly: [] };
}

function readAddress(text: string): Address {
  try {
    return parseAddress(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new CommandError(error.message);
    throw error;
  }
}
