/** What a load is put on: the sending end of a chain, whatever carries its messages. */

/** Sends messages, and counts those that the recipient's application has confirmed. */
export interface Outlet {
  /**
   * Sends `content` as up to `times` messages.
   *
   * @param isJoined whether they are put together first and handed over in one piece
   * @returns how many were taken; when not all, {@linkcode onProgress} tells when to go on
   */
  send(content: Uint8Array, times: number, isJoined: boolean): number;
  /** Messages known to have reached the recipient's application, since the start. */
  readonly confirmed: number;
  /** Called whenever messages were confirmed or there is room again. */
  onProgress: () => void;
}
