/**
 * Lines for a console. From a terminal they come through the editor of `node:readline`, which brings
 * history and the usual keys; from anything else, such as a pipe, one by one as they are.
 */

import process from "node:process";
import {
  clearScreenDown,
  createInterface,
  cursorTo,
  type Interface,
  moveCursor,
} from "node:readline";
import { TextLineStream } from "@std/streams";
import type { Completion, Interruption, LineOptions, Lines } from "../cli/host.ts";
import { leaveOnSignals } from "./process_events.ts";
import { interruption, print } from "./terminal.ts";

/** How long completion may keep somebody from typing on, in milliseconds. */
const COMPLETION_TIMEOUT_MS = 1_000;

/** Lines that can be had again by the arrow keys. */
const HISTORY_SIZE = 1_000;

/** Standard input by lines. */
export function openLines(options: LineOptions): Lines {
  return Deno.stdin.isTerminal() && Deno.stdout.isTerminal()
    ? new TerminalLines(options, process.stdin, process.stdout)
    : new PipedLines(Deno.stdin.readable);
}

/** Lines as somebody types them, with whatever is printed meanwhile above. */
export class TerminalLines implements Lines {
  readonly isTerminal = true;
  readonly #prompt: string;
  readonly #output: NodeJS.WritableStream;
  readonly #editor: Interface;
  readonly #signals: Disposable;
  /** Typed while nobody asked for them. */
  readonly #typedAhead: string[] = [];
  readonly #interruptions: AbortController[] = [];
  #waiting: ((line: string | undefined) => void) | undefined;
  #isOver = false;

  constructor(
    { prompt, complete }: LineOptions,
    input: NodeJS.ReadableStream,
    output: NodeJS.WritableStream,
  ) {
    this.#prompt = prompt;
    this.#output = output;
    this.#editor = createInterface({
      input,
      output,
      terminal: true,
      prompt: "",
      historySize: HISTORY_SIZE,
      removeHistoryDuplicates: true,
      completer: (line: string, done: Completed) => {
        inTime(complete(line)).then(
          ({ candidates, stem }) => done(null, [[...candidates], stem]),
          () => done(null, [[], line]),
        );
      },
    });
    this.#editor.on("line", (line) => this.#take(line));
    this.#editor.on("SIGINT", () => this.#interrupt());
    this.#editor.on("close", () => this.#end());
    // The terminal must get its usual mode back, whoever ends the program.
    this.#signals = leaveOnSignals(() => this.#editor.close());
  }

  next(): Promise<string | undefined> {
    const line = this.#typedAhead.shift();
    if (line !== undefined || this.#isOver) return Promise.resolve(line);
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.#waiting = resolve;
    this.#editor.setPrompt(this.#prompt);
    this.#editor.prompt(true);
    return promise;
  }

  out(text: string): void {
    if (this.#isOver) return void this.#output.write(text);
    // What is being typed may fill several rows, of which the editor knows how far down it is.
    const { rows } = this.#editor.getCursorPos();
    moveCursor(this.#output, 0, -rows);
    cursorTo(this.#output, 0);
    clearScreenDown(this.#output);
    // The editor will go up by as many rows to draw it anew.
    this.#output.write(text + "\n".repeat(rows));
    this.#editor.prompt(true);
  }

  /** On a terminal both go to the same place, and only one of them can go around the line. */
  err(text: string): void {
    this.out(text);
  }

  interruption(): Interruption {
    const controller = new AbortController();
    this.#interruptions.push(controller);
    return {
      signal: controller.signal,
      [Symbol.dispose]: () => {
        const at = this.#interruptions.indexOf(controller);
        if (at >= 0) this.#interruptions.splice(at, 1);
      },
    };
  }

  [Symbol.dispose](): void {
    this.#signals[Symbol.dispose]();
    this.#editor.close();
  }

  #take(line: string): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    // No prompt while a command runs: it would promise that the next one is obeyed now.
    this.#editor.setPrompt("");
    if (waiting === undefined) this.#typedAhead.push(line);
    else waiting(line);
  }

  #interrupt(): void {
    const newest = this.#interruptions.findLast(({ signal }) => !signal.aborted);
    if (newest !== undefined) return newest.abort();
    this.#typedAhead.length = 0;
    this.#editor.write(null, END_OF_LINE);
    // As in `out`: what was typed stays where it is, and the new line begins below.
    this.#output.write("^C\n" + "\n".repeat(this.#editor.getCursorPos().rows));
    this.#editor.write(null, DELETE_LINE);
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // The cursor stands behind the prompt, or behind what was typed.
    if (this.#waiting !== undefined) this.#output.write("\n");
    for (const controller of this.#interruptions) controller.abort();
    this.#waiting?.(undefined);
  }
}

type Completed = (error: null, result: [string[], string]) => void;

const END_OF_LINE = { ctrl: true, name: "e" };
const DELETE_LINE = { ctrl: true, name: "u" };

/** Rejects when it takes too long: meanwhile the editor takes no keys, not even Ctrl-C. */
async function inTime(completion: Promise<Completion>): Promise<Completion> {
  const { promise: tooLong, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error("Completion took too long")),
    COMPLETION_TIMEOUT_MS,
  );
  try {
    return await Promise.race([completion, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

/** Lines of a script, one by one, so that a command is over before the next one is read. */
export class PipedLines implements Lines {
  readonly isTerminal = false;
  readonly #reader: ReadableStreamDefaultReader<string>;

  constructor(input: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#reader = input.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
      .getReader();
  }

  async next(): Promise<string | undefined> {
    return (await this.#reader.read()).value;
  }

  out(text: string): void {
    print(Deno.stdout, text);
  }

  err(text: string): void {
    print(Deno.stderr, text);
  }

  interruption(): Interruption {
    return interruption();
  }

  [Symbol.dispose](): void {
    // Where reading has failed there is nothing left to give up.
    this.#reader.cancel().catch(() => {});
  }
}
