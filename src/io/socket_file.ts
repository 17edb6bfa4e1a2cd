/**
 * The file of a Unix socket: who may open it, and whose it is.
 *
 * A socket is bound in a fresh folder that nobody else can enter, made private there, and only then
 * given its name, so there is no moment at which others could connect. It is named by a hard link,
 * which fails where the name is taken: of two nodes that start at once, one gets it. Renaming would
 * leave the first one running and out of reach.
 */

import { rmSync } from "node:fs";
import { connect, type Server } from "node:net";
import { describeFileError } from "./file_error.ts";

/** Longest path of a Unix socket on Linux; macOS has three bytes less. */
export const MAX_PATH_BYTES = Deno.build.os === "darwin" ? 104 - 1 : 108 - 1;

/** The setting that says where the socket is. */
const SETTING = "network.controller.control.socket";

/** How often a name is tried for; more than one other process would have to take and leave it. */
const MAX_TRIES = 8;

/** There can be no socket; the message is for people. */
export class SocketFileError extends Error {
  override readonly name = "SocketFileError";
}

/** A socket file that is listened at. */
export interface SocketFile {
  /** Removes it, unless another one has taken its place. */
  remove(): void;
}

/** Tells two files apart, also where one took the name of the other. */
type FileId = Pick<Deno.FileInfo, "dev" | "ino">;

let stagingCount = 0;

/**
 * Has `server` listen at `path`, for the owner alone. A file that a killed node left is replaced.
 *
 * @param name of the node, for people
 * @throws {SocketFileError} by rejecting, when a node answers there already, when something else is
 * there, or when there can be no socket
 */
export async function listenAt(server: Server, path: string, name?: string): Promise<SocketFile> {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const staging = `${folder}.${Deno.pid.toString(36)}-${(++stagingCount).toString(36)}`;
  const staged = `${staging}/s`;
  checkLength(path, staged);
  try {
    // One that a killed process of the same number left would be in the way.
    removeFolder(staging);
    Deno.mkdirSync(staging, { mode: 0o700 });
    await bind(server, staged);
    Deno.chmodSync(staged, 0o600);
    const own = Deno.lstatSync(staged);
    await claim(path, staging, staged, name);
    return { remove: () => removeOwn(path, own) };
  } catch (error) {
    server.close();
    if (error instanceof SocketFileError) throw error;
    throw new SocketFileError(
      `Could not listen at ${path}: ${describeFileError(error)}. ` +
        `The setting ${SETTING} names another place`,
    );
  } finally {
    removeFolder(staging);
  }
}

/** Both must fit, the name that it gets and the one under which it is bound. */
function checkLength(path: string, staged: string): void {
  const [length = 0, other = 0] = [path, staged].map((each) =>
    new TextEncoder().encode(each).length
  );
  const most = MAX_PATH_BYTES - Math.max(other - length, 0);
  if (length <= most) return;
  throw new SocketFileError(
    `Could not listen at ${path}: the path has ${length} bytes, wanted at most ${most}. ` +
      `The setting ${SETTING} names another place`,
  );
}

function bind(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(path, () => {
    server.off("error", reject);
    resolve();
  });
  return promise;
}

/** Gives the bound socket its name. */
async function claim(path: string, staging: string, staged: string, name = "A node") {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    if (linked(staged, path)) return;
    const there = stat(path);
    if (there === undefined) continue;
    if (!there.isSocket) {
      throw new SocketFileError(
        `Could not listen at ${path}: what is there is no socket. Move it away, or name another ` +
          `place in the setting ${SETTING}`,
      );
    }
    if (await answers(path)) {
      throw new SocketFileError(`${name} is already running: it answers at ${path}`);
    }
    putAside(path, there, `${staging}/stale`);
  }
  throw new SocketFileError(
    `Could not listen at ${path}: other nodes take and leave it all the time. ` +
      "Start one node in one folder",
  );
}

/** Whether the name was free. */
function linked(staged: string, path: string): boolean {
  try {
    Deno.linkSync(staged, path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

/** Whether anybody listens at a socket. */
function answers(path: string): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const socket = connect(path, () => resolve(true));
  socket.on("error", (error) => {
    const code = "code" in error ? error.code : undefined;
    if (code === "ECONNREFUSED" || code === "ENOENT") resolve(false);
    // Somebody listens who has no time: more of them wait than the system holds.
    else if (code === "EAGAIN") resolve(true);
    else reject(error);
  });
  return promise.finally(() => socket.destroy());
}

/**
 * Takes the name from a socket at which nobody listens. Another node may have done the same since
 * that was found out; what was taken from it by mistake is given back.
 */
function putAside(path: string, stale: FileId, aside: string): void {
  try {
    Deno.renameSync(path, aside);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  if (!isSame(Deno.lstatSync(aside), stale)) linked(aside, path);
}

function removeOwn(path: string, own: FileId): void {
  const there = stat(path);
  if (there !== undefined && isSame(there, own)) Deno.removeSync(path);
}

function stat(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function isSame(a: FileId, b: FileId): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

function removeFolder(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // What is in the way of removing it is in the way of making it, which says so.
  }
}
