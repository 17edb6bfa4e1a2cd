/** Small things that several commands print. */

/** A point in time for people, as in `2026-11-21 10:00:00`, by UTC. */
export function formatTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}

/** The one line that `--json` prints. Its version grows when a program would misread the rest. */
export function formatAnswer(fields: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ version: 1, ...fields })}\n`;
}
