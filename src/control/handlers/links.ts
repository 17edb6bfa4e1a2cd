/** What a node is told to do about its links, its map and itself. */

import { type Address, parseAddress } from "../../base/address.ts";
import { type NodeId, nodeIdFromBytes, nodeIdToBytes } from "../../base/node_id.ts";
import { type Named, nodeName } from "../../report/visible.ts";
import { ControlError } from "../client.ts";
import type { Handler } from "../handler.ts";

export const connect: Handler<"connect"> = ({ node, peers }, params, answer) => {
  const address = readAddress(params.address);
  if (params.id === undefined) {
    node.connect(address);
  } else {
    const id = readId(params.id);
    if (id === peers.self.id) throw isSelf(peers.self, "connect", "another node's id");
    node.connect(address, id);
  }
  answer.result({ address });
};

export const disconnect: Handler<"disconnect"> = ({ node, peers }, { peer }, answer) => {
  const { id, label } = peers.find(peer);
  if (id === peers.self.id) throw isSelf(peers.self, "disconnect", "another node");
  answer.result({ id, label, was_linked: node.disconnect(id) });
};

export const discover: Handler<"discover"> = ({ node }, _params, answer) =>
  answer.result({ asked: node.discover() });

/** The result goes out before the node is gone: it says goodbye, tells how many heard it, and stops. */
export const leave: Handler<"leave"> = ({ node }, _params, answer) =>
  node.leave((heard) => answer.result({ heard }));

/** What is said where a method makes no sense with the node itself. */
export function isSelf(self: Named, method: string, wanted: string): ControlError {
  const message = `The node ${nodeName(self)} is the one that was asked, ${method} wants ${wanted}`;
  return new ControlError({ code: "self", message });
}

function readAddress(text: string): Address {
  try {
    return parseAddress(text);
  } catch (error) {
    throw badParameter("address", error);
  }
}

function readId(text: string): NodeId {
  try {
    return nodeIdFromBytes(nodeIdToBytes(text));
  } catch (error) {
    throw badParameter("id", error);
  }
}

function badParameter(name: string, error: unknown): Error {
  if (!(error instanceof SyntaxError)) return new Error("Unexpected", { cause: error });
  const message = `Parameter ${name} of connect cannot be used: ${error.message}`;
  return new ControlError({ code: "bad-request", message });
}
