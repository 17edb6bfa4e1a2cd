/**
 * The asking side of a session: numbers the calls, and gives each its events and its end. It works on
 * objects, as {@linkcode ControlSession} does on the other side.
 */

import { type CallOptionsIn, type CancelSignal, ControlClosed, ControlError } from "./client.ts";
import type { EventIn, MethodTable, NameIn, ParamsIn, ResultIn } from "./method_table.ts";
import { CONTROL_VERSION, type NodeMethods, type Reply, type Request } from "./methods.ts";

const v = CONTROL_VERSION;

/** A call whose result is still to come. */
interface Call {
  event(event: unknown): void;
  /** Every call ends by one of these two. */
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** All calls of one client. */
export class Calls<T extends MethodTable = NodeMethods> {
  readonly #send: (request: Request) => void;
  readonly #calls = new Map<number, Call>();
  #lastId = 0;
  /** Why there are no calls any more. */
  #ended: string | undefined;

  constructor(send: (request: Request) => void) {
    this.#send = send;
  }

  /** As {@linkcode MethodClient.call}. */
  call<M extends NameIn<T>>(
    method: M,
    params: ParamsIn<T, M>,
    options: CallOptionsIn<T, M> = {},
  ): Promise<ResultIn<T, M>> {
    // deno-lint-ignore purity/no-waiting -- for those who ask, who are no part of a node
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(new ControlClosed(this.#ended));
      const id = ++this.#lastId;
      const { signal } = options;
      const cancel = () => this.#send({ v, id, cancel: true });
      const end = () => {
        this.#calls.delete(id);
        signal?.removeEventListener("abort", cancel);
      };
      this.#calls.set(id, {
        event: (event) => options.onEvent?.(event as EventIn<T, M>),
        resolve: (result) => {
          end();
          // The node checks what it is asked; what it answers is taken as its version has it.
          resolve(result as ResultIn<T, M>);
        },
        reject: (error) => {
          end();
          reject(error);
        },
      });
      this.#send({ v, id, method, params });
      if (this.#calls.has(id)) watch(signal, cancel);
    });
  }

  /** Takes a reply. One to a call that has ended already is dropped. */
  handle(reply: Reply): void {
    if ("hello" in reply || reply.id === null) return;
    const call = this.#calls.get(reply.id);
    if (call === undefined) return;
    if ("result" in reply) call.resolve(reply.result);
    else if ("error" in reply) call.reject(new ControlError(reply.error));
    else this.#tell(reply.id, call, reply.event);
  }

  /** Rejects every call, and those to come. */
  end(reason: string): void {
    this.#ended ??= reason;
    for (const call of [...this.#calls.values()]) call.reject(new ControlClosed(this.#ended));
  }

  /** Whoever listens may fail, which is its own call's affair and nobody else's. */
  #tell(id: number, call: Call, event: unknown): void {
    try {
      call.event(event);
    } catch (error) {
      call.reject(
        error instanceof Error ? error : new Error("A listener failed", { cause: error }),
      );
      this.#send({ v, id, cancel: true });
    }
  }
}

function watch(signal: CancelSignal | undefined, cancel: () => void): void {
  if (signal?.aborted) cancel();
  else signal?.addEventListener("abort", cancel);
}
