/** How the program ends, for scripts to tell. */
export const EXIT = {
  /** All went well. */
  fine: 0,
  /** Trouble at start or while running. */
  trouble: 1,
  /** A configuration or a command line that cannot be used. */
  badInput: 2,
  /** There is no node to talk to. */
  noNode: 3,
  /** The node answered, and it could not be done. */
  notDone: 4,
} as const;
