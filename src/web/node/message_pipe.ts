/**
 * What WebSockets and data channels have in common: whole messages in order, and a buffer of which one
 * sees how full it is.
 */

import type { ConnectionError } from "../../base/ports.ts";

/** Carries messages to one far end and back. */
export interface MessagePipe {
  /** Bytes that were sent and not yet handed to the network. */
  readonly bufferedBytes: number;
  /** False once the far end closes: what it sent before still comes, and nothing goes there any more. */
  readonly isWritable: boolean;
  /** @throws {Error} when the browser takes no more */
  send(message: Uint8Array): void;
  /** Has `lowered` told once there are no more than `bytes` in the buffer; the last call counts. */
  awaitLow(bytes: number): void;
  /** Sends what is in the buffer, then ends. */
  close(): void;
  /** Ends now; whatever is in the buffer is lost. */
  abort(): void;
}

/** Told what becomes of a pipe. Nothing comes after `closed`, nor after `abort`. */
export interface PipeListener {
  opened(): void;
  received(message: Uint8Array): void;
  /** The buffer is as empty as was awaited. */
  lowered(): void;
  /** The far end closed (no error), or it failed. */
  closed(error?: ConnectionError): void;
}
