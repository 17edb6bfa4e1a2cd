import { shortId } from "../../base/node_id.ts";
import type { NodeSettings } from "../../config/host.ts";
import { type Command, CommandError } from "../command.ts";
import { EXIT } from "../exit_code.ts";
import { formatAnswer, formatTime } from "../format.ts";
import { loadNode } from "../load.ts";
import { formatTable } from "../table.ts";

/** `area-net identity`: who a node is, by which key, and who it was before. */
export const identity: Command = {
  name: "identity",
  help: "show the node's id, its key and its changes of key",
  options: ["json"],
  async run(args, host) {
    const { settings } = await loadNode(args, host);
    refuseFleeting(settings);
    const { id, kind, file, successions } = await host.describeIdentity(settings);
    if (args.json) {
      host.out(formatAnswer({ id, kind, file, successions }));
      return EXIT.fine;
    }
    const changes = successions.map(({ old, at }) => `until ${formatTime(at)} UTC  ${old}`);
    host.out(formatTable([
      ["id", id],
      ["short id", shortId(id)],
      ["key", file === undefined ? kind : `${kind}, ${file}`],
      ...changes.map((change, at) => [at === 0 ? "formerly" : "", change]),
    ]));
    return EXIT.fine;
  },
};

/** An identity that ends with the process is none that could be shown. */
function refuseFleeting({ config, folder, profile }: NodeSettings): void {
  const isKept = folder !== undefined && profile !== undefined;
  if (isKept || config.network.controller.identity.key !== "") return;
  throw new CommandError(
    "A node without a profile is another one at every start: choose a profile with -p, or name a " +
      "key with --key FILE",
  );
}
