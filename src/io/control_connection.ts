/**
 * One program at the control socket: bytes in, a session, bytes out.
 *
 * A program that does not read must cost no memory without end, and two rules see to that. Answers
 * that a request has at once are bounded by reading: no further request is read while answers wait to
 * be taken. What comes later by itself, such as the messages that are followed, cannot be held back;
 * who leaves too much of it unread is disconnected.
 */

import type { Socket } from "node:net";
import {
  BadLineError,
  formatLine,
  LineReader,
  LongLineError,
  MAX_REQUEST_BYTES,
  parseLine,
} from "../control/lines.ts";
import { CONTROL_VERSION, type ErrorCode, type Reply } from "../control/methods.ts";
import type { Session } from "../control/method_session.ts";

/** How much of what comes by itself a program may leave unread. */
export const MAX_UNREAD_BYTES = 4 * 1_048_576;

/** How long a program may take to read the last of it, in milliseconds. */
const PATIENCE_MS = 1000;

/** One program's connection. */
export class ControlConnection {
  readonly #socket: Socket;
  readonly #lines = new LineReader(MAX_REQUEST_BYTES);
  readonly #gone = Promise.withResolvers<void>();
  readonly #session: Session;
  /** Whether what is sent now answers the request that is being handled. */
  #isAnswering = false;
  /** Bytes of what came by itself that the system has not taken yet. */
  #unread = 0;
  #patience: ReturnType<typeof setTimeout> | undefined;

  /** @param open begins the session */
  constructor(socket: Socket, open: (send: (reply: Reply) => void) => Session) {
    this.#socket = socket;
    socket.on("data", (bytes: Uint8Array<ArrayBuffer>) => this.#receive(bytes));
    socket.on("drain", () => this.#work());
    // "close" follows. Whatever ails the connection, the program is gone.
    socket.on("error", () => {});
    socket.on("end", () => this.close());
    socket.on("close", () => {
      clearTimeout(this.#patience);
      this.#session.close();
      this.#gone.resolve();
    });
    this.#session = open((reply) => this.#send(reply));
  }

  /** Resolves once the connection is over. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** Ends all that goes on and, when the program has read what was said, the connection. */
  close(): Promise<void> {
    this.#session.close();
    if (this.#patience === undefined && !this.#socket.destroyed) {
      this.#socket.end();
      this.#patience = setTimeout(() => this.#socket.destroy(), PATIENCE_MS);
      // What still comes is read and dropped: with bytes unread, the end would be a reset.
      this.#socket.resume();
    }
    return this.gone;
  }

  #receive(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#patience !== undefined) return;
    this.#lines.push(bytes);
    this.#work();
  }

  /** Handles the requests that are there, as long as their answers are taken. */
  #work(): void {
    const socket = this.#socket;
    try {
      while (this.#patience === undefined && !socket.destroyed) {
        if (socket.writableNeedDrain) {
          socket.pause();
          return;
        }
        const line = this.#lines.take();
        if (line === undefined) break;
        this.#handle(line);
      }
    } catch (error) {
      if (!(error instanceof LongLineError)) throw error;
      this.#complain("bad-request", `${error.message}: the connection ends here`);
      this.close();
    }
    socket.resume();
  }

  #handle(line: Uint8Array): void {
    this.#isAnswering = true;
    try {
      this.#session.handle(parseLine(line));
    } catch (error) {
      if (!(error instanceof BadLineError)) throw error;
      this.#complain("bad-request", error.message);
    } finally {
      this.#isAnswering = false;
    }
  }

  #complain(code: ErrorCode, message: string): void {
    this.#socket.write(formatLine(complaint(code, message)));
  }

  #send(reply: Reply): void {
    const socket = this.#socket;
    if (socket.destroyed) return;
    const bytes = formatLine(reply);
    if (this.#isAnswering) {
      socket.write(bytes);
    } else if (this.#unread > MAX_UNREAD_BYTES) {
      socket.destroy();
    } else {
      this.#unread += bytes.length;
      socket.write(bytes, () => this.#unread -= bytes.length);
    }
  }
}

/** Tells a program that it cannot be served, and ends its connection. */
export function turnAway(socket: Socket, message: string): void {
  const patience = setTimeout(() => socket.destroy(), PATIENCE_MS);
  socket.on("error", () => {});
  socket.on("close", () => clearTimeout(patience));
  socket.resume();
  socket.end(formatLine(complaint("busy", message)));
}

/** An error that answers no request. */
function complaint(code: ErrorCode, message: string): Reply {
  return { v: CONTROL_VERSION, id: null, error: { code, message } };
}
