/** A round trip for people: `87 µs`, `1.2 ms`, `2.50 s`; a dash while it is not known. */
export function formatMicros(us: number | null): string {
  if (us === null) return "-";
  // At the seams, what would be rounded up to 1000 is told in the larger unit.
  if (us < 999.5) return `${Math.round(us)} µs`;
  if (us < 999_950) return `${(us / 1_000).toFixed(1)} ms`;
  return `${(us / 1_000_000).toFixed(2)} s`;
}
