/**
 * The files of a running node, besides its log and its identity: its reports, whom it has met, and the
 * rooms that it is in.
 */

import type { Notice } from "../controller/notice.ts";
import type { Snapshot } from "../controller/snapshot.ts";
import { type KnownPeer, parseKnownPeers } from "../identity/known_peers.ts";
import { KNOWN_PEERS_FILE, KnownPeersFile } from "../identity/known_peers_file.ts";
import { Reporter, type ReportSettings } from "../report/mod.ts";
import { describeFileError } from "./file_error.ts";
import { FolderStore } from "./folder_store.ts";
import { RoomsFile } from "./rooms_file.ts";

/** What a node reads at its start, and where it writes to later. */
export interface NodeFiles {
  /** Peers of earlier runs. */
  knownPeers: readonly KnownPeer[];
  /** Names of the rooms that it was in at the end of its last run. */
  rooms: readonly string[];
  report(snapshot: Snapshot): void;
  remember(peers: readonly KnownPeer[]): void;
  keepRooms(names: readonly string[]): void;
}

/** Who hears of the files. */
export interface NodeFilesListener {
  tell(notice: Notice): void;
  /** Somebody edited the known peers while the node was running. */
  revised(peers: readonly KnownPeer[]): void;
}

/** The known peers cannot be used. The message says where they are and what to do. */
export class KnownPeersError extends Error {
  override readonly name = "KnownPeersError";
}

/** Without a folder: nothing is read, and nothing is written. */
export const NO_FILES: NodeFiles = {
  knownPeers: [],
  rooms: [],
  report() {},
  remember() {},
  keepRooms() {},
};

/**
 * The files in a folder.
 *
 * @param settings which reports are written, and how
 * @throws {KnownPeersError} when there are known peers that cannot be read: starting without them
 *   would forget whose keys are pinned
 * @throws {RoomsFileError} when there are names of rooms that cannot be read
 */
export function openNodeFiles(
  folder: string,
  settings: ReportSettings,
  { tell, revised }: NodeFilesListener,
): NodeFiles {
  const path = `${folder}/${KNOWN_PEERS_FILE}`;
  const text = readIfThere(path);
  const knownPeers = text === undefined ? [] : parse(text, path);
  const store = new FolderStore(folder);
  const rooms = new RoomsFile(folder, tell);
  const reporter = new Reporter(store, settings, tell);
  const file = KNOWN_PEERS_FILE;
  const known = new KnownPeersFile(store, {
    revised,
    failed: (reason) =>
      tell(
        reason === undefined
          ? { type: "report-recovered", file }
          : { type: "report-failed", file, reason },
      ),
  }, text);
  return {
    knownPeers,
    rooms: rooms.names,
    report(snapshot) {
      reporter.report(snapshot);
      rooms.sync();
    },
    remember: (peers) => known.sync(peers),
    keepRooms: (names) => rooms.keep(names),
  };
}

function readIfThere(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof Deno.errors.NotADirectory) return undefined;
    throw new KnownPeersError(`Could not read ${path}: ${describeFileError(error)}`);
  }
}

function parse(text: string, path: string): KnownPeer[] {
  try {
    return parseKnownPeers(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new KnownPeersError(
      `The known peers in ${path} cannot be read: ${error.message}. Mend the file, or remove it; ` +
        "then this node forgets whose keys are pinned",
    );
  }
}
