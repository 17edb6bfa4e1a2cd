/**
 * What a node in a browser keeps over a restart, in IndexedDB: its key, its name, the rooms it is in and
 * nodes through which it finds back. Each place (see `place.ts`) has a record of its own, apart for each
 * network, since pages of other networks may once be served at the same address.
 *
 * Room names are passphrases, and the key is a key: what other pages of this origin can read, they are
 * trusted with. The browser keeps other origins out.
 */

import type { KnownPeer } from "../../identity/known_peers.ts";

/** What is kept of one place. */
export interface NodeRecord {
  /** 32 secret bytes from which the node's key follows. */
  seed: Uint8Array;
  /** As people see it; empty before somebody has chosen one. */
  label: string;
  rooms: readonly string[];
  /** Nodes to dial when the first one does not answer, with the addresses at which browsers can. */
  peers: readonly KnownPeer[];
}

/** Keeps records by network and place. */
export interface RecordStore {
  read(network: string, place: number): Promise<NodeRecord | undefined>;
  /** Replaces a record as a whole. */
  write(network: string, place: number, record: NodeRecord): Promise<void>;
}

const DATABASE = "area-net";
const VERSION = 1;
const TABLE = "nodes";

/** A record with a new key. */
export function newRecord(): NodeRecord {
  return { seed: crypto.getRandomValues(new Uint8Array(32)), label: "", rooms: [], peers: [] };
}

/**
 * Opens what the browser keeps for this origin. Where it keeps nothing, as some do in private windows,
 * records last as long as the page.
 */
export async function openStore(): Promise<RecordStore> {
  try {
    return new IndexedStore(await openDatabase());
  } catch {
    return new PassingStore();
  }
}

/** Records that outlive the page. */
class IndexedStore implements RecordStore {
  readonly #database: IDBDatabase;

  constructor(database: IDBDatabase) {
    this.#database = database;
  }

  async read(network: string, place: number): Promise<NodeRecord | undefined> {
    const table = this.#database.transaction(TABLE).objectStore(TABLE);
    return recordOf(await settled(table.get([network, place])));
  }

  async write(network: string, place: number, record: NodeRecord): Promise<void> {
    const table = this.#database.transaction(TABLE, "readwrite").objectStore(TABLE);
    await settled(table.put(record, [network, place]));
  }
}

/** Records that end with the page. */
class PassingStore implements RecordStore {
  readonly #records = new Map<string, NodeRecord>();

  read(network: string, place: number): Promise<NodeRecord | undefined> {
    return Promise.resolve(this.#records.get(`${place} ${network}`));
  }

  write(network: string, place: number, record: NodeRecord): Promise<void> {
    this.#records.set(`${place} ${network}`, record);
    return Promise.resolve();
  }
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, VERSION);
  request.addEventListener("upgradeneeded", () => request.result.createObjectStore(TABLE));
  return settled(request);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

/** What was kept by an older page may be of another shape; then a new one takes its place. */
function recordOf(value: unknown): NodeRecord | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { seed, label, rooms, peers } = value as Partial<NodeRecord>;
  if (!(seed instanceof Uint8Array) || seed.length !== 32 || typeof label !== "string") {
    return undefined;
  }
  return Array.isArray(rooms) && Array.isArray(peers) ? { seed, label, rooms, peers } : undefined;
}
