/**
 * A node on this machine, from its settings to its exit code: who it is, its ports, its files and
 * its end.
 */

import { type Address, formatAddress } from "../base/address.ts";
import type { ConnectionError } from "../base/ports.ts";
import type { NodeSettings } from "../config/host.ts";
import type { Config } from "../config/schema.ts";
import { Node } from "../controller/node.ts";
import type { Notice } from "../controller/notice.ts";
import { describeNotice, nodeName } from "../report/mod.ts";
import type { DoorLimits } from "../session/doorkeeper.ts";
import { SystemClock } from "./clock.ts";
import { type Identity, identitySource, loadIdentity } from "./identity_file.ts";
import { type Log, openLog } from "./log.ts";
import { NodeCrypto } from "./node_crypto.ts";
import { KnownPeersError, NO_FILES, openNodeFiles } from "./node_files.ts";
import { IdentityError } from "./pem_file.ts";
import { endOnFailures, leaveOnSignals } from "./process_events.ts";
import { TlsTransport } from "./tls.ts";

/**
 * Runs a node until a signal tells it to leave; a second one ends the process at once.
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
    console.error(explain(error, listenAddress(settings)));
  } catch (error) {
    if (!(error instanceof IdentityError || error instanceof KnownPeersError)) throw error;
    console.error(error.message);
  }
  return 1;
}

/** From start to end: undefined once the node has left, or why it could not listen. */
async function leadLife(
  settings: NodeSettings,
  identity: Identity,
  log: Log,
): Promise<ConnectionError | undefined> {
  const { config, targets, folder, profile } = settings;
  const { signer, credentials, successions } = identity;
  const transport = new TlsTransport(credentials, doorLimits(config));
  const end = Promise.withResolvers<ConnectionError | undefined>();
  const tell = (notice: Notice) => {
    const { level, text } = describeNotice(notice);
    const words = notice.type === "listening" ? introduction(settings, identity, notice) : text;
    log.write(level, words, notice);
  };
  const files = folder === undefined
    ? NO_FILES
    : openNodeFiles(folder, config.network.controller.d2, {
      tell,
      revised: (peers) => node.reviseKnownPeers(peers),
    });
  const node = new Node({
    config,
    targets,
    ...files,
    listen: listenAddress(settings),
    program: profile === undefined ? "area-net" : `area-net -p ${profile}`,
    signer,
    crypto: new NodeCrypto(),
    successions,
    seed: crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
    transport,
    clock: new SystemClock(),
    tell,
    stopped: end.resolve,
  });
  using _signals = leaveOnSignals(() => node.leave());
  node.start();
  if (identity.unsaved !== undefined) log.write("warn", identity.unsaved);
  const error = await end.promise;
  await transport.settled();
  return error;
}

/** What the configuration lets strangers hold. */
function doorLimits({ network }: Config): DoorLimits {
  const { incoming } = network.controller;
  return {
    maxHandshakes: incoming.max_simultaneous_conn_attempts,
    handshakeTimeoutMs: incoming.handshake_timeout * 1000,
    maxPerHost: incoming.max_conn_per_addr,
  };
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

function listenAddress({ config }: NodeSettings): Address {
  const { addr, port } = config.network.controller.listen;
  return formatAddress({ host: addr, port });
}

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
