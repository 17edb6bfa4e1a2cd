/** A node that has nothing but a history of its map, for as many pages as want to hear it. */

import { type CallOptions, type ControlClient, ControlClosed } from "../../src/control/client.ts";
import type { EventOf, MethodName, Params, Result } from "../../src/control/methods.ts";
import type { Change } from "../../src/web/map/network.ts";

export class MapSource {
  readonly changes: Change[];
  readonly #listeners = new Set<(change: Change) => void>();

  constructor(...changes: Change[]) {
    this.changes = changes;
  }

  /** Pages that listen. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** Something changes. */
  tell(change: Change): void {
    this.changes.push(change);
    for (const listener of [...this.#listeners]) listener(change);
  }

  /** A session for one page. */
  connect(): ControlClient {
    let end = (_error: Error) => {};
    return {
      hello: { id: this.changes[0]?.self ?? "", label: "bob", version: "0.1.0" },
      call: <M extends MethodName>(
        method: M,
        _params: Params<M>,
        { onEvent }: CallOptions<M> = {},
      ): Promise<Result<M>> => {
        if (method !== "history") throw new Error(`${method} was not expected`);
        const listener = (change: Change) => onEvent?.(change as EventOf<M>);
        this.changes.forEach(listener);
        this.#listeners.add(listener);
        const { promise, reject } = Promise.withResolvers<Result<M>>();
        end = (error) => {
          this.#listeners.delete(listener);
          reject(error);
        };
        return promise;
      },
      close: () => end(new ControlClosed("The client was closed")),
    };
  }
}
