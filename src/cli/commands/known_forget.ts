import { nodeName } from "../../report/visible.ts";
import { type Command, CommandError } from "../command.ts";
import { EXIT } from "../exit_code.ts";
import { formatAnswer } from "../format.ts";
import { findPeer, readKnownPeers, writeKnownPeers } from "../known_peers.ts";

/** `area-net known forget`: takes a peer out of what a node remembers, and its pin with it. */
export const knownForget: Command = {
  name: "known forget",
  parameters: ["ID"],
  help: "forget a peer and what is pinned of it; the beginning of its id is enough",
  options: ["json"],
  async run(args, host, [start = ""]) {
    const { file, peers } = await readKnownPeers(args, host);
    const forgotten = findPeer(start, peers);
    if (forgotten === undefined) {
      throw new CommandError(
        `No id in ${file} begins with "${start}", "area-net known --json" lists them whole`,
      );
    }
    await writeKnownPeers({ file, peers: peers.filter((peer) => peer !== forgotten) }, host);
    host.out(
      args.json
        ? formatAnswer({ forgotten: forgotten.id })
        : `Forgot ${nodeName(forgotten)}, a running node does so at its next dump\n`,
    );
    return EXIT.fine;
  },
};
