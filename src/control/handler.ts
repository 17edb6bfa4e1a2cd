/**
 * What one method of the control API is made of: a function that is given the parameters and the
 * means to answer. Methods that take time hand back how to end them early; everything else about a
 * request (its number, whether anybody still waits) is the business of the session.
 */

import type { z } from "zod";
import type { Clock } from "../base/ports.ts";
import type { NodeApi } from "../controller/node_api.ts";
import type { PeerFinder } from "./find_peer.ts";
import type { ControlFault, EventOf, MethodName, METHODS, Result } from "./methods.ts";

/** The node that is asked, and what methods need besides it. */
export interface Context {
  readonly node: NodeApi;
  readonly peers: PeerFinder;
  readonly clock: Clock;
  /** Of the program. */
  readonly version: string;
  /** Absent where there is none, as in a simulation. */
  readonly page?: PageOpener;
}

/** Where a browser finds the live map, or why it cannot be had, in one sentence. */
export type PageOutcome = { url: string } | { problem: string };

/** Opens the live map unless it is open, and tells of it once, perhaps before returning. */
export type PageOpener = (done: (outcome: PageOutcome) => void) => void;

/** The parameters of a method as its handler gets them, with every default filled in. */
export type Parsed<M extends MethodName> = z.output<typeof METHODS[M]["params"]>;

/** Takes the answers of one call. Once the call is over, whatever comes is dropped. */
export interface Answer<M extends MethodName> {
  event(event: EventOf<M>): void;
  /** Ends the call. */
  result(result: Result<M>): void;
  /** Ends it with a no that came too late to be thrown. */
  fault(fault: ControlFault): void;
}

/** A call that goes on after its handler has returned. */
export interface Ongoing<M extends MethodName> {
  /** Undoes timers and listeners. */
  stop(): void;
  /** The result of a call that is cancelled. */
  resultSoFar(): Result<M>;
}

/**
 * Carries out one method.
 *
 * @throws {ControlError} before anything was answered, to say no
 */
export type Handler<M extends MethodName> = (
  context: Context,
  params: Parsed<M>,
  answer: Answer<M>,
) => Ongoing<M> | void;
