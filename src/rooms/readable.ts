import { WireError } from "../wire/error.ts";

/**
 * What `read` makes of something that other members wrote, or undefined when it cannot be read:
 * whoever passed it on could not tell, and is not to blame.
 */
export function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}
