/**
 * Whether a peer is up, and if not, why. The peer may be called by an address, since a target at
 * which nobody has answered has no other name; and by what is on no map, for a node that was refused
 * never gets there.
 */

import { type Address, parseAddress } from "../../base/address.ts";
import { type NodeId, nodeIdToBytes } from "../../base/node_id.ts";
import type { NodeApi } from "../../controller/node_api.ts";
import { CAUSES } from "../../diagnosis/causes.ts";
import type { AddressDiagnosis, Diagnosis } from "../../diagnosis/diagnose.ts";
import type { Named } from "../../report/visible.ts";
import { ControlError } from "../client.ts";
import { PeerFinder } from "../find_peer.ts";
import type { Handler } from "../handler.ts";
import type { Result } from "../methods.ts";

export const why: Handler<"why"> = ({ node, peers }, { peer }, answer) => {
  const address = readAddress(peer);
  const byAddress = address && node.why(address);
  if (byAddress !== undefined && byAddress.code !== "unknown") {
    return answer.result(show(byAddress, peers));
  }
  const found = findPeer(peer, node, peers);
  if (found.id !== undefined) return answer.result(show(node.why(found.id), peers));
  answer.result(byAddress === undefined ? showUnknown(peer, found.why) : show(byAddress, peers));
};

/** The peer that is meant, or why there is none. */
function findPeer(
  text: string,
  node: NodeApi,
  peers: PeerFinder,
): { id: NodeId } | { id: undefined; why: string } {
  // A whole id is a name of its own, whether anybody has heard of it or not.
  if (isNodeId(text)) return { id: text };
  try {
    return { id: peers.find(text).id };
  } catch (error) {
    if (!isUnknown(error)) throw error;
    try {
      return { id: offTheMap(node).find(text).id };
    } catch (again) {
      if (!isUnknown(again)) throw again;
      return { id: undefined, why: error.message };
    }
  }
}

/** Finds nodes among those that are on no map. */
function offTheMap(node: NodeApi): PeerFinder {
  const nodes = node.acquaintances().map(({ id, label }) => ({
    id,
    label,
    addresses: [],
    state: "failed" as const,
  }));
  return new PeerFinder({
    mapVersion: () => 0,
    snapshot: () => ({ ...node.snapshot(), nodes }),
  });
}

function show(diagnosis: Diagnosis, peers: PeerFinder): Result<"why"> {
  const { peer, up, code, stage, message, advice, addresses, lastUp, heard } = diagnosis;
  const named = ({ id, label }: Named) => ({ id, label: peers.name(id).label || label });
  return {
    peer: { id: peer.id ?? null, label: peer.label ?? null, addr: peer.address ?? null },
    up,
    code,
    stage,
    message: capital(message),
    advice: advice ?? null,
    addresses: addresses.map(showAddress),
    last_up: rounded(lastUp),
    heard: heard === undefined ? null : { at: Math.round(heard.at), left: heard.left },
    linked_by: diagnosis.linkedBy.map(named),
    path: diagnosis.path?.map(named) ?? null,
  };
}

function showAddress(
  { address, code, message, at, failures, nextAt }: AddressDiagnosis,
): Result<"why">["addresses"][number] {
  return {
    addr: address,
    code: code ?? null,
    message: message === undefined ? null : capital(message),
    at: rounded(at),
    attempts: failures,
    next_at: rounded(nextAt),
  };
}

/** The answer for a name that nobody goes by. */
function showUnknown(text: string, message: string): Result<"why"> {
  return {
    peer: { id: null, label: text, addr: null },
    up: false,
    code: "unknown",
    stage: CAUSES.unknown.stage,
    message,
    advice: "Give its id or its address, if you know them",
    addresses: [],
    last_up: null,
    heard: null,
    linked_by: [],
    path: null,
  };
}

function readAddress(text: string): Address | undefined {
  try {
    return parseAddress(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isNodeId(text: string): text is NodeId {
  try {
    nodeIdToBytes(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function isUnknown(error: unknown): error is ControlError {
  return error instanceof ControlError && error.fault.code === "unknown-peer";
}

/** Every clause begins with a lower-case letter of ours. */
function capital(clause: string): string {
  return clause.charAt(0).toUpperCase() + clause.slice(1);
}

function rounded(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms);
}
