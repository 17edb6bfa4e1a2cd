/**
 * Secrets stay out of everything that is printed: of `config show`, of messages about a value, and
 * of lines and settings that a message quotes. Who wrote a secret wrongly is told so all the same.
 */

import { canonicalKey, KEYS, suggestKey } from "./keys.ts";
import { formatToml } from "./toml.ts";

/** Stands for a secret. Too short to be one, so that nobody gets in with it by accident. */
const HIDDEN = '"***"';

const SECRET_NAMES = [...KEYS.values()].filter(({ isSecret }) => isSecret)
  .map(({ name }) => name.slice(name.lastIndexOf(".") + 1));

/** From the equals sign behind the name of a secret, in whichever table, to the end of the line. */
const ASSIGNMENT = new RegExp(`(\\b(?:${SECRET_NAMES.join("|")})["']?\\s*=\\s*).*`, "s");

/** The value of a key in TOML, as it may be printed. */
export function showValue(key: string, value: unknown): string {
  return isSecret(key) && value !== "" ? HIDDEN : formatToml(value);
}

/** A line of TOML as it may be printed: what is assigned to a secret is taken out. */
export function conceal(line: string): string {
  return line.replace(ASSIGNMENT, `$1${HIDDEN}`);
}

/**
 * A `-s` setting as it may be printed.
 *
 * @param key what it sets, as written: a misspelt secret is one too
 */
export function concealSetting(setting: string, key: string): string {
  const known = canonicalKey(key);
  const meant = KEYS.has(known) ? known : suggestKey(key) ?? "";
  if (isSecret(meant)) return setting.slice(0, setting.indexOf("=") + 1) + HIDDEN;
  return KEYS.has(known) ? setting : conceal(setting);
}

function isSecret(key: string): boolean {
  return KEYS.get(key)?.isSecret === true;
}
