/**
 * One program's talk with whoever can be asked what is in a table of methods: requests in, replies out,
 * any number of them at a time. It works on objects, so that a socket, a web page and the same process
 * can all stand on it; what it does is decided by nothing but the requests and what the handlers are
 * given. Nothing that a request holds can make it throw.
 */

import { ControlError, type Hello } from "./client.ts";
import type { HandlerIn } from "./handler.ts";
import type { MethodTable, NameIn } from "./method_table.ts";
import { CONTROL_VERSION, type ControlFault, type Reply } from "./methods.ts";
import { readParams, readRequest } from "./request.ts";

/** Most requests that one session has under way. */
export const MAX_UNDER_WAY = 4096;

const v = CONTROL_VERSION;

/** The two ends of a session that whoever carries it needs. */
export interface Session {
  /** Takes a request, of whatever shape it may be. */
  handle(request: unknown): void;
  /** Cancels all that goes on; nothing more is sent. */
  close(): void;
}

/** What a session stands on. */
export interface SessionBase<T extends MethodTable, C> {
  methods: T;
  handlers: { readonly [M in NameIn<T>]: HandlerIn<T, C, M> };
  /** Handed to every handler. */
  context: C;
  /** Said first. */
  hello: Hello;
}

/** A request that is under way. */
interface Call {
  /** Ends what goes on, with the result so far. */
  cancel(): void;
  /** Ends what goes on without a word. */
  stop(): void;
}

/** One client's session. */
export class MethodSession<T extends MethodTable, C> implements Session {
  readonly #base: SessionBase<T, C>;
  readonly #send: (reply: Reply) => void;
  readonly #calls = new Map<number, Call>();
  #isClosed = false;

  /**
   * Says hello at once.
   *
   * @param send given every reply, in order; it may call `close`
   */
  constructor(base: SessionBase<T, C>, send: (reply: Reply) => void) {
    this.#base = base;
    this.#send = send;
    send({ v, hello: base.hello });
  }

  /** Requests whose result is still to come. */
  get underWay(): number {
    return this.#calls.size;
  }

  handle(request: unknown): void {
    if (this.#isClosed) return;
    const { hello, methods } = this.#base;
    const read = readRequest(request, hello.version, methods);
    if ("fault" in read) {
      this.#refuse(read.id, read.fault);
    } else if ("cancel" in read) {
      // One whose result has just gone out is past cancelling, which is nobody's fault.
      this.#calls.get(read.id)?.cancel();
    } else if (this.#calls.has(read.id)) {
      const message = `Request ${read.id} is still under way, wanted a number that is free`;
      // Under its own number this would be taken for the end of the one under way.
      this.#refuse(null, { code: "bad-request", message });
    } else if (this.#calls.size >= MAX_UNDER_WAY) {
      const message = `${MAX_UNDER_WAY} requests are under way, wanted no more: wait for results`;
      this.#refuse(read.id, { code: "busy", message });
    } else {
      this.#begin(read.id, read.method, read.params);
    }
  }

  close(): void {
    this.#isClosed = true;
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) call.stop();
  }

  #begin<M extends NameIn<T>>(id: number, method: M, params: unknown): void {
    let isCancelled = false;
    const call: Call = { cancel: () => isCancelled = true, stop: () => {} };
    this.#calls.set(id, call);
    const isOver = () => this.#calls.get(id) !== call;
    /** The last word on this request. */
    const end = (reply: Reply) => {
      if (isOver()) return;
      this.#calls.delete(id);
      this.#send(reply);
    };
    try {
      const { context, handlers, methods } = this.#base;
      const ongoing = handlers[method](context, readParams(methods, method, params), {
        event: (event) => {
          if (!isOver()) this.#send({ v, id, event });
        },
        result: (result) => end({ v, id, result }),
        fault: (error) => end({ v, id, error }),
      });
      if (ongoing === undefined) return;
      call.stop = () => ongoing.stop();
      call.cancel = () => {
        ongoing.stop();
        end({ v, id, result: ongoing.resultSoFar() });
      };
      // What a handler answers at once may have its reader cancel, or close, before it returns.
      if (isOver()) call.stop();
      else if (isCancelled) call.cancel();
    } catch (error) {
      end({ v, id, error: faultOf(error) });
    }
  }

  #refuse(id: number | null, error: ControlFault): void {
    this.#send({ v, id, error });
  }
}

function faultOf(error: unknown): ControlFault {
  if (error instanceof ControlError) return error.fault;
  return { code: "internal", message: `The node failed at this request: ${error}` };
}
