/** What members sign, made by hand: how it is laid out is part of what all versions agree on. */

import { concatBytes, encodeUtf8 } from "../../src/base/bytes.ts";
import { type NodeId, nodeIdToBytes } from "../../src/base/node_id.ts";
import type { Signer } from "../../src/base/ports.ts";
import type { RoomKey } from "../../src/rooms/room_key.ts";
import {
  type CarriedStatement,
  encodeSignedContent,
  encodeStatement,
  type MessageName,
  messageNameBytes,
  type Statement,
} from "../../src/wire/rooms.ts";

/** A statement about the room at `location`. */
export function signedStatement(
  signer: Signer,
  location: NodeId,
  statement: Statement,
): CarriedStatement {
  const body = encodeStatement(statement);
  const purpose = encodeUtf8("area-net room statement 1");
  return { body, signature: signer.sign(concatBytes([purpose, nodeIdToBytes(location), body])) };
}

/** A text for a whole room, signed and sealed. */
export function sealedText(
  signer: Signer,
  key: RoomKey,
  name: MessageName,
  content: string,
): Uint8Array {
  const signature = signer.sign(concatBytes([
    encodeUtf8("area-net room message 1"),
    nodeIdToBytes(key.location),
    messageNameBytes(name),
    Uint8Array.of(1),
    encodeUtf8(content),
  ]));
  return key.sealMessage(name, encodeSignedContent({ signature, content }));
}
