import type { Store } from "../base/ports.ts";
import { formatKnownPeers, type KnownPeer, parseKnownPeers } from "./known_peers.ts";

/** Name of the file in the profile's folder. */
export const KNOWN_PEERS_FILE = "known_peers.json";

/** Who is told of the file. */
export interface KnownPeersListener {
  /** Somebody else changed the file: this is what it says now. */
  revised(peers: KnownPeer[]): void;
  /** It cannot be read or written, or `undefined`: it can again. Said once. */
  failed(reason: string | undefined): void;
}

/**
 * Keeps the file of known peers in step with a running node. The file may be edited meanwhile, by
 * hand or by a command: then the edit holds, and the node follows.
 */
export class KnownPeersFile {
  readonly #store: Store;
  readonly #listener: KnownPeersListener;
  /** The text that node and file last agreed on. */
  #agreed: string | undefined;
  #isBusy = false;
  /** What is wrong and has been told. */
  #trouble: "edit" | "disk" | undefined;

  /** @param agreed the text that the node was started with; undefined when there was no file */
  constructor(store: Store, listener: KnownPeersListener, agreed: string | undefined) {
    this.#store = store;
    this.#listener = listener;
    this.#agreed = agreed;
  }

  /** Takes an edit in, if there was one; else writes what the node knows, if that has changed. */
  sync(peers: readonly KnownPeer[]): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#store.read(KNOWN_PEERS_FILE, (text) => {
      this.#isBusy = false;
      if (text !== undefined && text !== this.#agreed) return this.#takeEdit(text);
      if (this.#trouble === "edit") this.#settle();
      this.#write(formatKnownPeers(peers), text);
    });
  }

  #takeEdit(text: string): void {
    try {
      const peers = parseKnownPeers(text);
      this.#agreed = text;
      this.#settle();
      this.#listener.revised(peers);
    } catch (error) {
      // It is not overwritten: whoever edits it would lose the work.
      if (!(error instanceof SyntaxError)) throw error;
      this.#complain("edit", `${error.message}, mend or remove it`);
    }
  }

  #write(text: string, onDisk: string | undefined): void {
    if (text === onDisk) return;
    this.#isBusy = true;
    this.#store.write(KNOWN_PEERS_FILE, text, (error) => {
      this.#isBusy = false;
      if (error !== undefined) return this.#complain("disk", error);
      this.#agreed = text;
      this.#settle();
    });
  }

  /** Something is wrong; said once until it is over. */
  #complain(trouble: "edit" | "disk", reason: string): void {
    if (this.#trouble === undefined) this.#listener.failed(reason);
    this.#trouble = trouble;
  }

  #settle(): void {
    if (this.#trouble !== undefined) this.#listener.failed(undefined);
    this.#trouble = undefined;
  }
}
