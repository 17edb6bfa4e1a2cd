/** What came over a stream breaks the protocol: the other end's fault, never ours. Ends that stream. */
export class ChainProtocolError extends Error {
  override readonly name = "ChainProtocolError";
}
