/** What a peer sent breaks the protocol: its fault, never ours. Closes that link and nothing else. */
export class WireError extends Error {
  override readonly name = "WireError";
}
