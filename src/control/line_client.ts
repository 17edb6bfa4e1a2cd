/**
 * A client over a stream of lines, from the first byte on. What the stream is made of (a Unix socket,
 * say) and how long one waits for a hello is left to those who open it.
 */

import { Calls } from "./calls.ts";
import {
  type CallOptionsIn,
  ControlError,
  ControlUnreachable,
  type Hello,
  type MethodClient,
} from "./client.ts";
import {
  BadLineError,
  formatLine,
  LineReader,
  LongLineError,
  MAX_REPLY_BYTES,
  parseLine,
} from "./lines.ts";
import type { MethodTable, NameIn, ParamsIn, ResultIn } from "./method_table.ts";
import { CONTROL_VERSION, type ControlFault, type NodeMethods, type Reply } from "./methods.ts";

/** Most bytes of a first line. */
const MAX_HELLO_BYTES = 65_536;

/** What is sent to the node, and to end the connection. */
export interface LineStream {
  send(bytes: Uint8Array): void;
  /** Ends it. It may call `ended` of the client, or not. */
  close(): void;
}

/** Told how it begins: one of the two, once. */
export interface Beginning<T extends MethodTable = NodeMethods> {
  /** The node has said hello. */
  opened(client: MethodClient<T>): void;
  /** It is no node, one of another version, or one that has no time for this client. */
  failed(error: ControlUnreachable | ControlError): void;
}

/** Takes what a stream brings, and is the client once the hello is there. */
export class LineClient<T extends MethodTable = NodeMethods> implements MethodClient<T> {
  readonly #path: string;
  readonly #stream: LineStream;
  readonly #lines = new LineReader(MAX_HELLO_BYTES);
  readonly #calls: Calls<T>;
  #beginning: Beginning<T> | undefined;
  #hello: Hello = { id: "", label: "", version: "" };
  /** What the node has against this client as a whole. */
  #lastWords: string | undefined;
  #isOver = false;

  /** @param path of the socket, for errors */
  constructor(path: string, stream: LineStream, beginning: Beginning<T>) {
    this.#path = path;
    this.#stream = stream;
    this.#beginning = beginning;
    this.#calls = new Calls((request) => stream.send(formatLine(request)));
  }

  get hello(): Hello {
    return this.#hello;
  }

  call<M extends NameIn<T>>(
    method: M,
    params: ParamsIn<T, M>,
    options?: CallOptionsIn<T, M>,
  ): Promise<ResultIn<T, M>> {
    return this.#calls.call(method, params, options);
  }

  close(): void {
    this.#end("The client was closed");
  }

  /** Bytes came from the node. */
  received(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#isOver) return;
    this.#lines.push(bytes);
    try {
      for (;;) {
        const line = this.#lines.take();
        if (line === undefined || this.#isOver) return;
        this.#take(parseLine(line));
      }
    } catch (error) {
      if (!(error instanceof BadLineError || error instanceof LongLineError)) throw error;
      this.#misunderstand(error.message);
    }
  }

  /** The stream ended, or was too long in saying hello: nothing more comes. */
  ended(reason: string): void {
    this.#end(this.#lastWords ?? reason);
  }

  #take(line: object): void {
    const beginning = this.#beginning;
    if (beginning !== undefined) {
      this.#greet(line, beginning);
    } else if (!isReply(line)) {
      this.#misunderstand("A line is no reply");
    } else if ("error" in line && line.id === null) {
      // It answers no request, and is said before the connection is ended.
      this.#lastWords = line.error.message;
    } else {
      this.#calls.handle(line);
    }
  }

  #greet(line: object, beginning: Beginning<T>): void {
    const version = versionOf(line);
    if (version !== undefined && version !== CONTROL_VERSION) {
      const message = `The node at ${this.#path} speaks version ${version} of the control ` +
        `protocol, this program version ${CONTROL_VERSION}: use the program that the node runs`;
      this.#fail(new ControlUnreachable("version", this.#path, message));
    } else if (!isReply(line)) {
      this.#misunderstand("A line is no reply");
    } else if ("error" in line) {
      this.#fail(new ControlError(line.error));
    } else if (!("hello" in line)) {
      this.#misunderstand("It answers before it has said hello");
    } else {
      this.#hello = line.hello;
      this.#beginning = undefined;
      this.#lines.maxBytes = MAX_REPLY_BYTES;
      beginning.opened(this);
    }
  }

  #misunderstand(reason: string): void {
    if (this.#beginning === undefined) this.#end(`The node was not understood: ${reason}`);
    else this.#fail(notANode(this.#path, reason));
  }

  #end(reason: string): void {
    if (this.#beginning === undefined) this.#close(reason);
    else this.#fail(notANode(this.#path, reason));
  }

  #fail(error: ControlUnreachable | ControlError): void {
    const beginning = this.#beginning;
    this.#beginning = undefined;
    this.#close(error.message);
    beginning?.failed(error);
  }

  #close(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stream.close();
    this.#calls.end(reason);
  }
}

function notANode(path: string, reason: string): ControlUnreachable {
  const message = `What answers at ${path} is no node of area-net: ${reason}`;
  return new ControlUnreachable("not-a-node", path, message);
}

function versionOf(line: object): number | undefined {
  return "v" in line && typeof line.v === "number" ? line.v : undefined;
}

/**
 * Whether a line has the shape of a reply. What a result holds is not looked at: a later program of
 * the same version may say more in it.
 */
function isReply(line: object): line is Reply {
  if (versionOf(line) !== CONTROL_VERSION) return false;
  if ("hello" in line) return isHello(line.hello);
  if (!("id" in line)) return false;
  if ("error" in line) {
    return (line.id === null || typeof line.id === "number") && isFault(line.error);
  }
  return typeof line.id === "number" && ("event" in line || "result" in line);
}

function isHello(value: unknown): value is Hello {
  return isObject(value) && isText(value, "id") && isText(value, "label") &&
    isText(value, "version");
}

function isFault(value: unknown): value is ControlFault {
  return isObject(value) && isText(value, "code") && isText(value, "message");
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isText(value: object, key: string): boolean {
  return typeof Reflect.get(value, key) === "string";
}
