/**
 * A running node, as the programs that talk to it see it. Whether it runs in this process or behind
 * a socket, they call the same methods and wait for the same results; only here and in the files
 * that carry it out does the core speak of promises, for those who call are no part of a node.
 */

import type { EventIn, MethodTable, NameIn, ParamsIn, ResultIn } from "./method_table.ts";
import type { ControlFault, MethodName, NodeMethods } from "./methods.ts";

/** What the node says of itself, before it is asked. */
export interface Hello {
  id: string;
  label: string;
  /** Of the program that it runs. */
  version: string;
}

/** The part of an `AbortSignal` that is needed here, since the core knows nothing of the web. */
export interface CancelSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** What a call may be given besides its parameters. */
export type CallOptions<M extends MethodName> = CallOptionsIn<NodeMethods, M>;

/** The same for a method of any table. */
export interface CallOptionsIn<T extends MethodTable, M extends keyof T> {
  /** Told of every event, in order, before the call resolves. */
  onEvent?(event: EventIn<T, M>): void;
  /** Aborting it ends what goes on; the call then resolves with the result so far. */
  signal?: CancelSignal;
}

/** A node, as programs talk to it. */
export type ControlClient = MethodClient<NodeMethods>;

/** Whoever can be asked what is in a table, as programs talk to it. */
export interface MethodClient<T extends MethodTable> {
  /** What the node said first. */
  readonly hello: Hello;
  /**
   * Asks the node for something.
   *
   * @throws {ControlError} by rejecting, when the node said no
   * @throws {ControlClosed} by rejecting, when the connection ended before the result came
   */
  call<M extends NameIn<T>>(
    method: M,
    params: ParamsIn<T, M>,
    options?: CallOptionsIn<T, M>,
  ): Promise<ResultIn<T, M>>;
  /** Ends the connection, and with it all that goes on. */
  close(): void;
}

/** The node said no. */
export class ControlError extends Error {
  override readonly name = "ControlError";
  readonly fault: ControlFault;

  constructor(fault: ControlFault) {
    super(fault.message);
    this.fault = fault;
  }
}

/** The connection ended before the result came. */
export class ControlClosed extends Error {
  override readonly name = "ControlClosed";
}

/**
 * Why there is no node to talk to.
 *
 * - `not-running`: there is no socket, or nobody listens at it.
 * - `not-a-node`: something else is there or answers, or nothing was said in time.
 * - `version`: the node speaks another version of this protocol.
 * - `denied`: the socket may not be used.
 */
export type UnreachableKind = "not-running" | "not-a-node" | "version" | "denied";

/** There is no node to talk to. */
export class ControlUnreachable extends Error {
  override readonly name = "ControlUnreachable";
  readonly kind: UnreachableKind;
  /** Of the socket. */
  readonly path: string;

  constructor(kind: UnreachableKind, path: string, message: string) {
    super(message);
    this.kind = kind;
    this.path = path;
  }
}
