/**
 * A node on this machine, from its settings to its exit code: who it is, its ports, its files and
 * its end.
 */

import type { Address } from "../base/address.ts";
import type { NodeSettings } from "../config/host.ts";
import type { InboxMessage } from "../controller/node_api.ts";
import type { Notice } from "../controller/notice.ts";
import { describeNotice, nodeName, visible } from "../report/mod.ts";
import { type Identity, identitySource, loadIdentity } from "./identity_file.ts";
import { type Log, openLog } from "./log.ts";
import { KnownPeersError } from "./node_files.ts";
import { ListenError, openNode } from "./open_node.ts";
import { IdentityError } from "./pem_file.ts";
import { endOnFailures, leaveOnSignals } from "./process_events.ts";
import { RoomsFileError } from "./rooms_file.ts";
import { SocketFileError } from "./socket_file.ts";

/**
 * Runs a node until it is told to leave, by a signal or over its control socket; a second signal ends
 * the process at once.
 *
 * @returns 0 after leaving, 1 when it could not start, which standard error explains
 */
export async function runNode(settings: NodeSettings): Promise<number> {
  try {
    const identity = loadIdentity(identitySource(settings));
    const log = logFor(settings);
    endOnFailures(log);
    const error = await leadLife(settings, identity, log);
    if (error === undefined) return 0;
    console.error(`The node had to stop: ${error.detail}`);
  } catch (error) {
    console.error(explain(error));
  }
  return 1;
}

/** Errors that say in one line for people what is wrong and what to do. */
const EXPLAINED = [IdentityError, KnownPeersError, RoomsFileError, SocketFileError];

/** From start to end: undefined once the node has left, or why it cannot listen any more. */
async function leadLife(settings: NodeSettings, identity: Identity, log: Log) {
  const { print } = settings.config.network.controller.messages;
  const tell = (notice: Notice) => {
    const { level, text } = describeNotice(notice);
    const words = notice.type === "listening" ? introduction(settings, identity, notice) : text;
    log.write(level, words, notice);
  };
  const signalled = Promise.withResolvers<void>();
  using _signals = leaveOnSignals(signalled.resolve);
  const listener = { tell, ...(print && { print: printMessage }) };
  await using node = await openNode(settings, listener, identity);
  signalled.promise.then(() => node.leave());
  if (identity.unsaved !== undefined) log.write("warn", identity.unsaved);
  return await node.ended;
}

/** One line for each message, whatever is in it. */
function printMessage({ from, label, content }: InboxMessage): void {
  const text = typeof content === "string" ? visible(content) : `(${content.length} bytes)`;
  console.log(`${nodeName({ id: from, label })}: ${text}`);
}

function logFor({ config, folder }: NodeSettings): Log {
  const { level, format, max_size: maxSize, max_files: maxFiles } = config.network.controller.log;
  return openLog({
    ...(folder !== undefined && { file: `${folder}/${LOG_FILE}` }),
    level,
    format,
    maxSize,
    maxFiles,
    console: true,
  });
}

const LOG_FILE = "area-net.log";
const PEERS_FILE = "peers.json";
const DIAGRAM_FILE = "peers.d2";

/** The first line of every log: who runs, where, and what it writes. */
function introduction(
  { config, folder }: NodeSettings,
  { signer: { id } }: Identity,
  { address }: { address: Address },
): string {
  const name = nodeName({ id, label: config.label });
  if (folder === undefined) return `${name} listens on ${address} and writes no files`;
  const reports = config.network.controller.d2 ? `${PEERS_FILE}, ${DIAGRAM_FILE}` : PEERS_FILE;
  return `${name} listens on ${address} and writes ${reports} and ${LOG_FILE} to ${folder}`;
}

/** What went wrong at the start, in one line that says what to do. */
function explain(error: unknown): string {
  if (EXPLAINED.some((kind) => error instanceof kind)) return (error as Error).message;
  if (error instanceof ListenError) return explainListening(error);
  throw error;
}

/** Why the node could not listen, and what to change. */
function explainListening({ error: { code, detail }, address }: ListenError): string {
  const port = "network.controller.listen.port";
  switch (code) {
    case "address-in-use":
      return `Could not listen on ${address}: another program does, perhaps this node is running ` +
        `already. Stop it, or choose a free port with -s ${port}=PORT or in the profile`;
    case "not-permitted":
      return `Could not listen on ${address}: not permitted (${detail}). Choose another port with ` +
        `-s ${port}=PORT or in the profile; ports below 1024 may be for the administrator alone`;
    default:
      return `Could not listen on ${address}: ${detail}. Check that ` +
        "network.controller.listen.addr is an address of this machine";
  }
}
