/**
 * A program that writes one text after another into a folder, as fast as it can, and prints what
 * became of each. Its tests kill it.
 */

import { FolderStore } from "../../src/io/folder_store.ts";

const [folder = ""] = Deno.args;
const store = new FolderStore(folder);
for (let turn = 0;; turn++) {
  const text = JSON.stringify({ turn, ballast: "x".repeat((turn * 7919) % 300_000) });
  const error = await new Promise<string | undefined>((done) => {
    store.write("peers.json", text, done);
  });
  console.log(error ?? "written");
}
