/**
 * The far end of a secure channel broke its rules, or is not who it says: its fault, never ours. The
 * connection must be ended. The message is about the far end: "it …".
 */
export class ChannelError extends Error {
  override readonly name = "ChannelError";
}
