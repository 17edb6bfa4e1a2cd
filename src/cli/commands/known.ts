import { shortId } from "../../base/node_id.ts";
import { formatKnownPeers, type KnownPeer, KnownPeers } from "../../identity/known_peers.ts";
import { visible } from "../../report/visible.ts";
import type { Command } from "../command.ts";
import { EXIT } from "../exit_code.ts";
import { formatTime } from "../format.ts";
import { readKnownPeers } from "../known_peers.ts";
import { formatTable } from "../table.ts";

/** `area-net known`: the peers that a node remembers. */
export const known: Command = {
  name: "known",
  help: "list the peers that the node remembers, those seen last first",
  options: ["json"],
  async run(args, host) {
    const { file, peers } = await readKnownPeers(args, host);
    const sorted = new KnownPeers(Infinity, peers).all();
    if (args.json) {
      // Programs read one form: that of the file.
      host.out(`${JSON.stringify(JSON.parse(formatKnownPeers(sorted)))}\n`);
    } else if (sorted.length === 0) {
      host.out(`No peers are known yet: ${file} is written once the first one is met\n`);
    } else {
      host.out(formatTable([HEADER, ...sorted.map(row)]));
    }
    return EXIT.fine;
  },
};

const HEADER = ["ID", "LABEL", "ADDRESSES", "FIRST SEEN (UTC)", "LAST SEEN (UTC)", "PINNED"];

function row({ id, label, addresses, firstSeen, lastSeen, pinned }: KnownPeer): string[] {
  return [
    shortId(id),
    visible(label) || "-",
    addresses.join(", ") || "-",
    seenAt(firstSeen),
    seenAt(lastSeen),
    pinned ? "yes" : "no",
  ];
}

/** A peer that was trusted before it was met has not been seen since 1970. */
function seenAt(ms: number): string {
  return ms === 0 ? "never" : formatTime(ms);
}
