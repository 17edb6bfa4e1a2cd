import {
  type CallOptions,
  type ControlClient,
  ControlClosed,
  type Hello,
} from "../../src/control/client.ts";
import {
  type EventOf,
  type MethodName,
  METHODS,
  type Params,
  type Result,
} from "../../src/control/methods.ts";
import { nodeId } from "./node_id.ts";

/** A call that a node was asked to carry out. */
export interface FakeCall {
  method: MethodName;
  params: unknown;
}

/** How a node answers to one method: with events, then a result or an error. */
export interface Script {
  events?: readonly object[];
  result?: object | Error;
  /** Whether the result comes only once the call is cancelled; or so for those who follow alone. */
  goesOn?: boolean | "following";
  /** When the result comes, where that is not at once. */
  after?: Promise<void>;
}

/** A node that answers as it is told to. Whatever it is asked must be as the methods want it. */
export class FakeClient implements ControlClient {
  readonly hello: Hello;
  readonly calls: FakeCall[] = [];
  /** The methods whose calls were cancelled while they went on. */
  readonly cancelled: MethodName[] = [];
  readonly #scripts: Partial<Record<MethodName, Script>>;
  readonly #waiting = new Set<(error: Error) => void>();
  readonly #listeners = new Map<MethodName, (event: object) => void>();
  readonly #asked = new Milestones();
  isClosed = false;

  constructor(scripts: Partial<Record<MethodName, Script>> = {}, hello: Partial<Hello> = {}) {
    this.#scripts = scripts;
    this.hello = { id: nodeId("bob"), label: "bob", version: "0.1.0", ...hello };
  }

  call<M extends MethodName>(
    method: M,
    params: Params<M>,
    options: CallOptions<M> = {},
  ): Promise<Result<M>> {
    this.calls.push({ method, params });
    METHODS[method].params.parse(params);
    const { promise, resolve, reject } = Promise.withResolvers<Result<M>>();
    if (this.isClosed) reject(new ControlClosed("The client was closed"));
    const { events = [], result, goesOn = false, after } = this.#scripts[method] ?? {};
    const isEndless = goesOn === "following" ? isFollowing(params) : goesOn;
    const tell = (event: object) => options.onEvent?.(event as EventOf<M>);
    this.#listeners.set(method, tell);
    this.#waiting.add(reject);
    const end = () => {
      this.#waiting.delete(reject);
      if (result instanceof Error) reject(result);
      else if (result !== undefined) resolve(result as Result<M>);
    };
    // Later, as from a socket.
    queueMicrotask(async () => {
      this.#asked.reach(method);
      if (options.onEvent !== undefined) events.forEach(tell);
      await after;
      if (!isEndless || options.signal?.aborted) end();
      else {
        options.signal?.addEventListener("abort", () => {
          this.cancelled.push(method);
          end();
        });
      }
    });
    return promise;
  }

  /** Waits until it has been asked by this method. */
  asked(method: MethodName): Promise<void> {
    return this.#asked.of(method);
  }

  /** Sends an event to whoever asked last by this method. */
  tell(method: MethodName, event: object): void {
    this.#listeners.get(method)?.(event);
  }

  /** The node is gone. */
  die(reason = "The node ended the connection"): void {
    this.isClosed = true;
    for (const reject of this.#waiting) reject(new ControlClosed(reason));
  }

  close(): void {
    this.isClosed = true;
  }
}

/** What happens once for each method, to be waited for. */
class Milestones {
  readonly #promises = new Map<MethodName, PromiseWithResolvers<void>>();

  of(method: MethodName): Promise<void> {
    return this.#milestone(method).promise;
  }

  reach(method: MethodName): void {
    this.#milestone(method).resolve();
  }

  #milestone(method: MethodName): PromiseWithResolvers<void> {
    const milestone = this.#promises.get(method) ?? Promise.withResolvers<void>();
    this.#promises.set(method, milestone);
    return milestone;
  }
}

function isFollowing(params: object): boolean {
  return "follow" in params && params.follow === true;
}
