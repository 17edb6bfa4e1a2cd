/** Every message that may stand in a frame: the families put together. */

import { decodeItem, Fields } from "./cbor.ts";
import { WireError } from "./error.ts";
import { decodeLinkMessage, type LinkMessage } from "./link.ts";
import { decodeMessagingMessage, type MessagingMessage } from "./messaging.ts";
import { decodeTopologyMessage, type TopologyMessage } from "./topology.ts";

export type Message = LinkMessage | TopologyMessage | MessagingMessage;

/**
 * The message that one frame's item holds.
 *
 * @throws {WireError} when it is none that this version knows
 */
export function decodeMessage(item: Uint8Array): Message {
  const fields = new Fields(decodeItem(item), "A message");
  const code = fields.uint("type", 255);
  const message = decodeLinkMessage(code, fields) ?? decodeTopologyMessage(code, fields) ??
    decodeMessagingMessage(code, fields);
  if (message === undefined) throw new WireError(`A message of the unknown type ${code}`);
  return message;
}
