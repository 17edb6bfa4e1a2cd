/** Small things that several commands print. */

/** A point in time for people, as in `2026-11-21 10:00:00`, by UTC. */
export function formatTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}

/** A round trip for people: `87 µs`, `1.2 ms`, `2.50 s`; a dash while it is not known. */
export function formatMicros(us: number | null): string {
  if (us === null) return "-";
  // At the seams, what would be rounded up to 1000 is told in the larger unit.
  if (us < 999.5) return `${Math.round(us)} µs`;
  if (us < 999_950) return `${(us / 1_000).toFixed(1)} ms`;
  return `${(us / 1_000_000).toFixed(2)} s`;
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
