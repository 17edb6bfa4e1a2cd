/**
 * What one method of the control API is made of: a function that is given the parameters and the
 * means to answer. Methods that take time hand back how to end them early; everything else about a
 * request (its number, whether anybody still waits) is the business of the session.
 */

import type { Clock } from "../base/ports.ts";
import type { NodeApi } from "../controller/node_api.ts";
import type { PeerFinder } from "./find_peer.ts";
import type { EventIn, MethodTable, ParsedIn, ResultIn } from "./method_table.ts";
import type { ControlFault, MethodName, NodeMethods } from "./methods.ts";

/** The node that is asked, and what methods need besides it. */
export interface Context {
  readonly node: NodeApi;
  readonly peers: PeerFinder;
  readonly clock: Clock;
  /** Of the program. */
  readonly version: string;
  /** Absent where there is none, as in a simulation. */
  readonly page?: PageOpener;
  /** Absent where browsers cannot come in. */
  readonly roomPage?: PageOpener;
}

/** Where a browser finds a page, or why it cannot be had, in one sentence. */
export type PageOutcome = { url: string } | { problem: string };

/** Opens a page unless it is open, and tells of it once, perhaps before returning. */
export type PageOpener = (done: (outcome: PageOutcome) => void) => void;

/** The parameters of a method as its handler gets them, with every default filled in. */
export type Parsed<M extends MethodName> = ParsedIn<NodeMethods, M>;

/** Takes the answers of one call. Once the call is over, whatever comes is dropped. */
export type Answer<M extends MethodName> = AnswerIn<NodeMethods, M>;

/** The same for a method of any table. */
export interface AnswerIn<T extends MethodTable, M extends keyof T> {
  event(event: EventIn<T, M>): void;
  /** Ends the call. */
  result(result: ResultIn<T, M>): void;
  /** Ends it with a no that came too late to be thrown. */
  fault(fault: ControlFault): void;
}

/** A call that goes on after its handler has returned. */
export type Ongoing<M extends MethodName> = OngoingIn<NodeMethods, M>;

/** The same for a method of any table. */
export interface OngoingIn<T extends MethodTable, M extends keyof T> {
  /** Undoes timers and listeners. */
  stop(): void;
  /** The result of a call that is cancelled. */
  resultSoFar(): ResultIn<T, M>;
}

/**
 * Carries out one method.
 *
 * @throws {ControlError} before anything was answered, to say no
 */
export type Handler<M extends MethodName> = HandlerIn<NodeMethods, Context, M>;

/** The same for a method of any table, with whatever its methods need. */
export type HandlerIn<T extends MethodTable, C, M extends keyof T> = (
  context: C,
  params: ParsedIn<T, M>,
  answer: AnswerIn<T, M>,
) => OngoingIn<T, M> | void;
