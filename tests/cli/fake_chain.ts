/** A member of a line as the command line sees it: behind a socket, and in its own process. */

import type { MemberNotice } from "../../src/chain/member_notice.ts";
import type { MemberStatus } from "../../src/chain/member_status.ts";
import type { MemberId } from "../../src/chain/side.ts";
import type { RunningMember } from "../../src/cli/host.ts";
import { CHAIN_METHODS, type ChainMethods } from "../../src/control/chain_methods.ts";
import type { CallOptionsIn, MethodClient } from "../../src/control/client.ts";
import type { EventIn, NameIn, ParamsIn, ResultIn } from "../../src/control/method_table.ts";

/** How a member answers to one method. */
export interface ChainScript {
  events?: readonly object[];
  result: object | Error;
  /** Whether the result comes only once the call is cancelled. */
  goesOn?: boolean;
}

/** A member that answers as it is told to. What it is asked and answers must be as the methods want it. */
export class FakeChainClient implements MethodClient<ChainMethods> {
  readonly hello = { id: "00112233445566ff", label: "bob", version: "0.1.0" };
  readonly calls: { method: string; params: unknown }[] = [];
  readonly #scripts: Partial<Record<NameIn<ChainMethods>, ChainScript>>;
  isClosed = false;

  constructor(scripts: Partial<Record<NameIn<ChainMethods>, ChainScript>>) {
    this.#scripts = scripts;
  }

  async call<M extends NameIn<ChainMethods>>(
    method: M,
    params: ParamsIn<ChainMethods, M>,
    { onEvent, signal }: CallOptionsIn<ChainMethods, M> = {},
  ): Promise<ResultIn<ChainMethods, M>> {
    this.calls.push({ method, params });
    CHAIN_METHODS[method].params.parse(params);
    const { events = [], result, goesOn = false } = this.#scripts[method] ?? { result: {} };
    // Later, as from a socket.
    await Promise.resolve();
    for (const event of events) onEvent?.(event as EventIn<ChainMethods, M>);
    if (goesOn && signal?.aborted === false) {
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    }
    if (result instanceof Error) throw result;
    CHAIN_METHODS[method].result.parse(result);
    return result as ResultIn<ChainMethods, M>;
  }

  close(): void {
    this.isClosed = true;
  }
}

/** A member that does nothing until it is told to. */
export class FakeMember implements RunningMember {
  readonly socketProblem: string | undefined;
  readonly ended: Promise<void>;
  readonly #end = Promise.withResolvers<void>();
  #watcher: ((notice: MemberNotice) => void) | undefined;
  #lineWatcher: ((status: MemberStatus) => void) | undefined;
  /** Told that somebody watches. */
  readonly watched = Promise.withResolvers<void>();
  leaves = 0;

  constructor(socketProblem?: string) {
    this.socketProblem = socketProblem;
    this.ended = this.#end.promise;
  }

  status(): MemberStatus {
    return statusOf(["bob"], 0);
  }

  watch(watcher: (notice: MemberNotice) => void) {
    this.#watcher = watcher;
    return () => {};
  }

  watchLine(watcher: (status: MemberStatus) => void) {
    this.#lineWatcher = watcher;
    this.watched.resolve();
    return () => {};
  }

  tell(notice: MemberNotice): void {
    this.#watcher?.(notice);
  }

  tellLine(labels: readonly string[], position: number): void {
    this.#lineWatcher?.(statusOf(labels, position));
  }

  leave(): void {
    this.leaves++;
    this.#end.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.leave();
    return this.ended;
  }
}

/** The id of a member with that label. */
export function memberId(label: string): MemberId {
  return label.padEnd(16, "0") as MemberId;
}

function statusOf(labels: readonly string[], position: number): MemberStatus {
  const line = labels.map((label) => ({ id: memberId(label), label }));
  return {
    id: line[position]?.id ?? memberId(""),
    label: labels[position] ?? "",
    phase: "in-line",
    addresses: { head: undefined, tail: undefined },
    isRegistered: false,
    sides: { head: { state: "free" }, tail: { state: "free" } },
    line,
    position,
  };
}
