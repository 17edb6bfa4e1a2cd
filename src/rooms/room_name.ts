/**
 * What may be the name of a room. The name is the room's passphrase as well, so a very short one,
 * which anybody can guess, is refused; and two people who type the same letters must mean the same
 * room, so names are compared in normal form C (Unicode Standard Annex 15).
 */

import { encodeUtf8 } from "../base/bytes.ts";

/** Characters, as Unicode counts code points. */
const MIN_CHARACTERS = 3;
const MAX_BYTES = 128;

/** The form of a name that all ways of typing it have in common. */
export function normalRoomName(name: string): string {
  return name.normalize("NFC");
}

/** @throws {RangeError} when a name in normal form cannot be that of a room, with the limits */
export function refuseRoomName(name: string): void {
  if (!name.isWellFormed()) {
    throw new RangeError("The name of a room has half a character, wanted whole ones");
  }
  if (/\p{Cc}/u.test(name)) {
    throw new RangeError("The name of a room has a control character, such as a tab: leave it out");
  }
  const characters = [...name].length;
  if (characters < MIN_CHARACTERS) {
    throw new RangeError(
      `The name of a room has ${characters} character${characters === 1 ? "" : "s"}, wanted ` +
        `${MIN_CHARACTERS} or more: it is the passphrase too, choose one that is hard to guess`,
    );
  }
  const bytes = encodeUtf8(name).length;
  if (bytes > MAX_BYTES) {
    throw new RangeError(
      `The name of a room has ${bytes} bytes in UTF-8, wanted at most ${MAX_BYTES}: choose a ` +
        "shorter one",
    );
  }
}
