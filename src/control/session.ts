/**
 * One program's talk with a node: a session over the methods of a node.
 */

import type { Clock } from "../base/ports.ts";
import type { NodeApi } from "../controller/node_api.ts";
import { PeerFinder } from "./find_peer.ts";
import type { Context, PageOpener } from "./handler.ts";
import { HANDLERS } from "./handlers/mod.ts";
import { MethodSession } from "./method_session.ts";
import { METHODS, type NodeMethods, type Reply } from "./methods.ts";

export { MAX_UNDER_WAY } from "./method_session.ts";

/** What a session needs to know besides the node. */
export interface SessionFacts {
  clock: Clock;
  /** Of the program that the node runs. */
  version: string;
  /** How the live map is opened, where there is one. */
  page?: PageOpener;
  /** How the page of rooms is opened, where browsers can come in. */
  roomPage?: PageOpener;
}

/** One client's session with a node. */
export class ControlSession extends MethodSession<NodeMethods, Context> {
  /**
   * Says hello at once.
   *
   * @param send given every reply, in order; it may call `close`
   */
  constructor(node: NodeApi, facts: SessionFacts, send: (reply: Reply) => void) {
    const peers = new PeerFinder(node);
    const { id, label } = peers.self;
    super({
      methods: METHODS,
      handlers: HANDLERS,
      context: { ...facts, node, peers },
      hello: { id, label, version: facts.version },
    }, send);
  }
}
