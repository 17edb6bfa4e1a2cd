/** The socket at which programs of the same machine talk to a running node, or to a member of a line. */

import { createServer, type Server } from "node:net";
import type { Session } from "../control/method_session.ts";
import type { Reply } from "../control/methods.ts";
import { ControlSession, type SessionFacts } from "../control/session.ts";
import type { NodeApi } from "../controller/node_api.ts";
import { ControlConnection, turnAway } from "./control_connection.ts";
import { listenAt, type SocketFile } from "./socket_file.ts";

/** Most programs at a time. */
export const MAX_CLIENTS = 64;

/** Whom the programs talk to. */
export interface ControlSocketOptions {
  node: NodeApi;
  facts: SessionFacts;
  /** What people call the node, such as its profile: "bob is already running". */
  name?: string;
}

/**
 * Opens the socket of a running node.
 *
 * @throws {SocketFileError} by rejecting, when a node answers at `path` already, when something else
 * is there, or when there can be no socket
 */
export function openControlSocket(
  path: string,
  { node, facts, name }: ControlSocketOptions,
): Promise<ControlSocket> {
  return openSessionSocket(path, (send) => new ControlSession(node, facts, send), name);
}

/**
 * Opens a socket for sessions of any kind.
 *
 * @param open begins the session of one more program
 * @param name what people call the one who is talked to
 * @throws {SocketFileError} by rejecting, as `openControlSocket`
 */
export async function openSessionSocket(
  path: string,
  open: (send: (reply: Reply) => void) => Session,
  name?: string,
): Promise<ControlSocket> {
  const clients = new Set<ControlConnection>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    if (clients.size >= MAX_CLIENTS) {
      turnAway(socket, `The node serves ${MAX_CLIENTS} programs already: end one of them`);
      return;
    }
    const client = new ControlConnection(socket, open);
    clients.add(client);
    client.gone.then(() => clients.delete(client));
  });
  const file = await listenAt(server, path, name);
  // That one program could not be let in is no reason to end the node.
  server.on("error", () => {});
  return new ControlSocket(server, file, clients);
}

/** A socket that is open. */
export class ControlSocket implements AsyncDisposable {
  readonly #server: Server;
  readonly #file: SocketFile;
  readonly #clients: ReadonlySet<ControlConnection>;

  constructor(server: Server, file: SocketFile, clients: ReadonlySet<ControlConnection>) {
    this.#server = server;
    this.#file = file;
    this.#clients = clients;
  }

  /** Ends every connection, once what was said has been read, and removes the file. */
  async close(): Promise<void> {
    this.#server.close();
    this.#file.remove();
    await Promise.all([...this.#clients].map((client) => client.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
