/** A client in the node's own process: the same session as behind a socket, without any text. */

import type { NodeApi } from "../controller/node_api.ts";
import { Calls } from "./calls.ts";
import type { CallOptions, ControlClient, Hello } from "./client.ts";
import type { MethodName, Params, Reply, Result } from "./methods.ts";
import { ControlSession, type SessionFacts } from "./session.ts";

/** Talks with a node of this process. */
export function localClient(node: NodeApi, facts: SessionFacts): ControlClient {
  return new LocalClient(node, facts);
}

class LocalClient implements ControlClient {
  #hello: Hello = { id: "", label: "", version: "" };
  readonly #session: ControlSession;
  readonly #calls: Calls;

  constructor(node: NodeApi, facts: SessionFacts) {
    this.#calls = new Calls((request) => this.#session.handle(request));
    this.#session = new ControlSession(node, facts, (reply) => this.#take(reply));
  }

  get hello(): Hello {
    return this.#hello;
  }

  call<M extends MethodName>(
    method: M,
    params: Params<M>,
    options?: CallOptions<M>,
  ): Promise<Result<M>> {
    return this.#calls.call(method, params, options);
  }

  close(): void {
    this.#session.close();
    this.#calls.end("The client was closed");
  }

  #take(reply: Reply): void {
    if ("hello" in reply) this.#hello = reply.hello;
    else this.#calls.handle(reply);
  }
}
