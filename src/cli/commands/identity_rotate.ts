import type { NodeSettings } from "../../config/host.ts";
import { type Command, CommandError } from "../command.ts";
import { EXIT } from "../exit_code.ts";
import { formatAnswer } from "../format.ts";
import { loadNode } from "../load.ts";

/** `area-net identity rotate`: a new key for a node that stays the same to its peers. */
export const identityRotate: Command = {
  name: "identity rotate",
  help: "give the node a new key, signed by the old one; then restart it",
  options: ["json"],
  async run(args, host) {
    const { settings } = await loadNode(args, host);
    const { oldId, newId } = await host.rotateIdentity(folderOfKey(settings));
    host.out(
      args.json ? formatAnswer({ oldId, newId }) : `old id  ${oldId}\nnew id  ${newId}\n` +
        "The old key signed the new one, so peers that knew the old id follow. " +
        "A node that is running must be restarted: until then it keeps the old key\n",
    );
    return EXIT.fine;
  },
};

/** Where the key is that the program keeps itself. One of the user's own is not ours to change. */
function folderOfKey({ config, folder, profile }: NodeSettings): string {
  const { key } = config.network.controller.identity;
  if (key !== "") {
    throw new CommandError(
      `The key ${key} is one of your own, which network.controller.identity.key names: only a key ` +
        "that the program made itself can be rotated",
    );
  }
  if (folder === undefined || profile === undefined) {
    throw new CommandError(
      "A node without a profile has a new key at every start: choose a profile with -p",
    );
  }
  return folder;
}
