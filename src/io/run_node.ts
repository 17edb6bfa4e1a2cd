/**
 * A node on this machine, from its settings to its exit code: who it is, its ports, its files and
 * its end.
 */

import { type Address, formatAddress } from "../base/address.ts";
import type { ConnectionError } from "../base/ports.ts";
import type { NodeSettings } from "../config/host.ts";
import { ConfigError } from "../config/problem.ts";
import { parseTargets } from "../config/targets.ts";
import { Node } from "../controller/node.ts";
import type { Notice } from "../controller/notice.ts";
import { describeNotice, nodeName, Reporter } from "../report/mod.ts";
import { SystemClock } from "./clock.ts";
import { FolderStore } from "./folder_store.ts";
import { type Identity, IdentityError, loadIdentity } from "./identity_file.ts";
import { type Log, openLog } from "./log.ts";
import { endOnFailures, leaveOnSignals } from "./process_events.ts";
import { TcpTransport } from "./tcp.ts";

/**
 * Runs a node until a signal tells it to leave; a second one ends the process at once.
 *
 * @returns 0 after leaving, 1 when it could not start, which standard error explains
 */
export async function runNode(settings: NodeSettings): Promise<number> {
  const identity = identityFor(settings);
  if (identity === undefined) return 1;
  const log = logFor(settings);
  endOnFailures(log);
  const error = await leadLife(settings, identity, log);
  if (error === undefined) return 0;
  console.error(explain(error, listenAddress(settings)));
  return 1;
}

/** From start to end: undefined once the node has left, or why it could not listen. */
async function leadLife(
  settings: NodeSettings,
  identity: Identity,
  log: Log,
): Promise<ConnectionError | undefined> {
  const { config, targets, folder } = settings;
  const transport = new TcpTransport();
  const end = Promise.withResolvers<ConnectionError | undefined>();
  const tell = (notice: Notice) => {
    const { level, text } = describeNotice(notice);
    const words = notice.type === "listening" ? introduction(settings, identity, notice) : text;
    log.write(level, words, notice);
  };
  const { d2 } = config.network.controller;
  const reporter = new Reporter(new FolderStore(folder), d2, tell);
  const node = new Node({
    config,
    targets,
    remembered: await rememberedIn(folder),
    listen: listenAddress(settings),
    id: identity.id,
    seed: crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
    transport,
    clock: new SystemClock(),
    tell,
    report: (snapshot) => reporter.report(snapshot),
    stopped: end.resolve,
  });
  using _signals = leaveOnSignals(() => node.leave());
  node.start();
  if (identity.unsaved !== undefined) log.write("warn", identity.unsaved);
  const error = await end.promise;
  await transport.settled();
  return error;
}

/** Without a profile there is no folder that is this node's own, so its identity is not kept. */
function identityFor({ profile, folder }: NodeSettings): Identity | undefined {
  try {
    return loadIdentity(profile === undefined ? undefined : folder);
  } catch (error) {
    if (!(error instanceof IdentityError)) throw error;
    console.error(error.message);
    return undefined;
  }
}

function logFor({ config, folder }: NodeSettings): Log {
  const { level, format, max_size: maxSize, max_files: maxFiles } = config.network.controller.log;
  return openLog({
    file: `${folder}/${LOG_FILE}`,
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

function listenAddress({ config }: NodeSettings): Address {
  const { addr, port } = config.network.controller.listen;
  return formatAddress({ host: addr, port });
}

/** The first line of every log: who runs, where, and what it writes. */
function introduction(
  { config, folder }: NodeSettings,
  { id }: Identity,
  { address }: { address: Address },
): string {
  const reports = config.network.controller.d2 ? `${PEERS_FILE}, ${DIAGRAM_FILE}` : PEERS_FILE;
  return `${
    nodeName({ id, label: config.label })
  } listens on ${address} and writes ${reports} and ` +
    `${LOG_FILE} to ${folder}`;
}

/** Peers of an earlier run. Whatever is wrong with their file, the initial targets remain. */
async function rememberedIn(folder: string): Promise<Address[]> {
  const file = `${folder}/${PEERS_FILE}`;
  const text = await Deno.readTextFile(file).catch(() => "[]");
  try {
    return parseTargets(text, file);
  } catch (error) {
    if (error instanceof ConfigError) return [];
    throw error;
  }
}

/** Why the node could not listen, and what to change. */
function explain({ code, detail }: ConnectionError, at: Address): string {
  const port = "network.controller.listen.port";
  switch (code) {
    case "address-in-use":
      return `Could not listen on ${at}: another program does, perhaps this node is running ` +
        `already. Stop it, or choose a free port with -s ${port}=PORT or in the profile`;
    case "not-permitted":
      return `Could not listen on ${at}: not permitted (${detail}). Choose another port with ` +
        `-s ${port}=PORT or in the profile; ports below 1024 may be for the administrator alone`;
    default:
      return `Could not listen on ${at}: ${detail}. Check that ` +
        "network.controller.listen.addr is an address of this machine";
  }
}
