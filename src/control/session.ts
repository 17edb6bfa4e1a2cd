/**
 * One program's talk with a node: requests in, replies out, any number of them at a time. It works on
 * objects, so that a socket, a web page and the same process can all stand on it; what it does is
 * decided by nothing but the requests, the node and the clock. Nothing that a request holds can make
 * it throw.
 */

import type { Clock } from "../base/ports.ts";
import type { NodeApi } from "../controller/node_api.ts";
import { ControlError } from "./client.ts";
import { PeerFinder } from "./find_peer.ts";
import type { Context, Handler, PageOpener } from "./handler.ts";
import { HANDLERS } from "./handlers/mod.ts";
import { CONTROL_VERSION, type ControlFault, type MethodName, type Reply } from "./methods.ts";
import { readParams, readRequest } from "./request.ts";

/** Most requests that one session has under way. */
export const MAX_UNDER_WAY = 4096;

const v = CONTROL_VERSION;

/** What a session needs to know besides the node. */
export interface SessionFacts {
  clock: Clock;
  /** Of the program that the node runs. */
  version: string;
  /** How the live map is opened, where there is one. */
  page?: PageOpener;
}

/** A request that is under way. */
interface Call {
  /** Ends what goes on, with the result so far. */
  cancel(): void;
  /** Ends what goes on without a word. */
  stop(): void;
}

/** One client's session with a node. */
export class ControlSession {
  readonly #context: Context;
  readonly #send: (reply: Reply) => void;
  readonly #calls = new Map<number, Call>();
  #isClosed = false;

  /**
   * Says hello at once.
   *
   * @param send given every reply, in order; it may call `close`
   */
  constructor(node: NodeApi, facts: SessionFacts, send: (reply: Reply) => void) {
    const peers = new PeerFinder(node);
    this.#context = { ...facts, node, peers };
    this.#send = send;
    const { id, label } = peers.self;
    send({ v, hello: { id, label, version: facts.version } });
  }

  /** Requests whose result is still to come. */
  get underWay(): number {
    return this.#calls.size;
  }

  /** Takes a request, of whatever shape it may be. */
  handle(request: unknown): void {
    if (this.#isClosed) return;
    const read = readRequest(request, this.#context.version);
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

  /** Cancels all that goes on; nothing more is sent. */
  close(): void {
    this.#isClosed = true;
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) call.stop();
  }

  #begin<M extends MethodName>(id: number, method: M, params: unknown): void {
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
      const handler: Handler<M> = HANDLERS[method];
      const ongoing = handler(this.#context, readParams(method, params), {
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
