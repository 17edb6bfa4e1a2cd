/** Reaching a running node at its socket. */

import { connect, type Socket } from "node:net";
import { type ControlClient, ControlUnreachable, type MethodClient } from "../control/client.ts";
import { LineClient } from "../control/line_client.ts";
import type { MethodTable } from "../control/method_table.ts";
import { describeFileError } from "./file_error.ts";

/** How long a node may take to say hello, in milliseconds. */
const HELLO_TIMEOUT_MS = 2000;

/**
 * Connects to the node that listens at `path`.
 *
 * @throws {ControlUnreachable} by rejecting, when there is no node to talk to
 * @throws {ControlError} by rejecting, when the node has no room for one more program
 */
export function connectControl(path: string): Promise<ControlClient> {
  return connectMethods(path);
}

/**
 * Connects to whoever listens at `path` and can be asked what is in a table.
 *
 * @throws as `connectControl`
 */
export function connectMethods<T extends MethodTable>(path: string): Promise<MethodClient<T>> {
  const { promise, resolve, reject } = Promise.withResolvers<MethodClient<T>>();
  let socket: Socket;
  try {
    socket = connect(path);
  } catch (error) {
    return Promise.reject(unreachable(path, error));
  }
  let patience: ReturnType<typeof setTimeout> | undefined;
  let speaker = "It";
  const client = new LineClient<T>(path, {
    send: (bytes) => void socket.write(bytes),
    close: () => socket.destroySoon(),
  }, {
    opened: (client) => {
      speaker = "The node";
      resolve(client);
    },
    failed: reject,
  });
  promise.catch(() => {}).finally(() => clearTimeout(patience));
  socket.on("connect", () => {
    patience = setTimeout(
      () => client.ended(`It said nothing for ${HELLO_TIMEOUT_MS / 1000} s`),
      HELLO_TIMEOUT_MS,
    );
  });
  socket.on("data", (bytes: Uint8Array<ArrayBuffer>) => client.received(bytes));
  socket.on("error", (error) => {
    if (patience === undefined) reject(unreachable(path, error));
    client.ended(`The connection to the node failed: ${describeFileError(error)}`);
  });
  socket.on("close", () => client.ended(`${speaker} ended the connection`));
  return promise;
}

function unreachable(path: string, error: unknown): ControlUnreachable {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return notRunning(path, "there is no such file");
  if (code === "ECONNREFUSED" && isOtherFile(path)) {
    const message = `What is at ${path} is no socket`;
    return new ControlUnreachable("not-a-node", path, message);
  }
  if (code === "ECONNREFUSED") return notRunning(path, "nobody listens there");
  const reason = describeFileError(error);
  if (code === "EACCES" || code === "EPERM" || error instanceof Deno.errors.NotCapable) {
    return new ControlUnreachable("denied", path, `The socket ${path} may not be used: ${reason}`);
  }
  return notRunning(path, reason);
}

function notRunning(path: string, reason: string): ControlUnreachable {
  const message = `No node answers at ${path}: ${reason}`;
  return new ControlUnreachable("not-running", path, message);
}

/** The system says of any file that it refuses connections. */
function isOtherFile(path: string): boolean {
  try {
    return !Deno.lstatSync(path).isSocket;
  } catch {
    return false;
  }
}
