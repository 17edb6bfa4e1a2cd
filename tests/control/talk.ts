/** A session with a fake node, and all that it said. */

import type { ControlFault, MethodName, Params, Reply } from "../../src/control/methods.ts";
import { ControlSession } from "../../src/control/session.ts";
import type { FakeNode } from "./fake_node.ts";

export class Talk {
  readonly replies: Reply[] = [];
  readonly session: ControlSession;
  /** Told of each reply as it comes, after it was noted. */
  onReply: (reply: Reply) => void = () => {};
  #lastId = 0;

  constructor(node: FakeNode) {
    this.session = new ControlSession(node, { clock: node.clock, version: "0.1.0" }, (reply) => {
      this.replies.push(reply);
      this.onReply(reply);
    });
  }

  /** Asks, and answers with the number of the request. */
  ask<M extends MethodName>(method: M, params: Params<M>): number {
    const id = ++this.#lastId;
    this.session.handle({ v: 1, id, method, params });
    return id;
  }

  cancel(id: number): void {
    this.session.handle({ v: 1, id, cancel: true });
  }

  events(id: number): unknown[] {
    return this.replies.flatMap((reply) =>
      "event" in reply && reply.id === id ? [reply.event] : []
    );
  }

  /** The results of a request; there should be at most one. */
  results(id: number): unknown[] {
    return this.replies.flatMap((reply) =>
      "result" in reply && reply.id === id ? [reply.result] : []
    );
  }

  errors(id: number | null): ControlFault[] {
    return this.replies.flatMap((reply) =>
      "error" in reply && reply.id === id ? [reply.error] : []
    );
  }
}
