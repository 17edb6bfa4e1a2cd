/** How the program ends, for scripts to tell. */
export const EXIT = {
  /** All went well. */
  fine: 0,
  /** Trouble at start or while running. */
  trouble: 1,
  /** A configuration or a command line that cannot be used. */
  badInput: 2,
} as const;
