/** Small things that several commands print. */

export { formatMicros } from "../report/micros.ts";

/** A point in time for people, as in `2026-11-21 10:00:00`, by UTC. */
export function formatTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}

/** An amount of data for people: `512 B`, `1.5 KiB`. */
export function formatBytes(bytes: number): string {
  let amount = bytes;
  for (const unit of ["B", "KiB", "MiB", "GiB"]) {
    if (amount < 1023.95) return `${unit === "B" ? amount : amount.toFixed(1)} ${unit}`;
    amount /= 1024;
  }
  return `${amount.toFixed(1)} TiB`;
}

/** `1 link`, `2 links`. */
export function formatCount(amount: number, what: string): string {
  return `${amount} ${what}${amount === 1 ? "" : "s"}`;
}

/**
 * The one line that `--json` prints. Its version grows when a program would misread the rest. Texts
 * from strangers are in it as they are; what a terminal would obey is spelt with escapes, which
 * programs read as the same.
 */
export function formatAnswer<T>(fields: T): string {
  const text = JSON.stringify({ version: 1, ...fields });
  return `${
    text.replace(ACTING, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)
  }\n`;
}

/** Of the characters that act rather than show, those that JSON leaves as they are. */
const ACTING = /[\x7f-\x9f\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
