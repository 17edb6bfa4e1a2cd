import type { ConnectionError } from "../../base/ports.ts";
import type { MessagePipe, PipeListener } from "./message_pipe.ts";

/** Stands where there can be no pipe at all, and says why as others do: later, and once. */
export class FailedPipe implements MessagePipe {
  readonly bufferedBytes = 0;
  readonly isWritable = false;
  #isAborted = false;

  constructor(error: ConnectionError, listener: PipeListener) {
    queueMicrotask(() => {
      if (!this.#isAborted) listener.closed(error);
    });
  }

  send(): void {}

  awaitLow(): void {}

  close(): void {}

  abort(): void {
    this.#isAborted = true;
  }
}
