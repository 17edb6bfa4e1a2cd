/** Stands in for `@std/streams`: the platform's own streams need very little on top. */

/** Cuts text into lines at LF or CRLF; the last line needs no end. */
export class TextLineStream extends TransformStream<string, string> {
  constructor() {
    let rest = "";
    super({
      transform(chunk, controller) {
        const lines = (rest + chunk).split(/\r?\n/);
        rest = lines.pop() ?? "";
        // A CR at the very end may be the first half of a CRLF: it stays in `rest` with its line.
        for (const line of lines) controller.enqueue(line);
      },
      flush(controller) {
        if (rest !== "") controller.enqueue(rest);
      },
    });
  }
}

/** Everything that a stream of text or UTF-8 bytes holds. */
export async function toText(stream: ReadableStream<string | Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** One stream of the chunks of several, as they come; it fails as soon as one of them does. */
export function mergeReadableStreams<T>(...streams: ReadableStream<T>[]): ReadableStream<T> {
  return new ReadableStream<T>({
    start(controller) {
      const copy = async (stream: ReadableStream<T>) => {
        for await (const chunk of stream) controller.enqueue(chunk);
      };
      Promise.all(streams.map(copy)).then(
        () => controller.close(),
        (error) => controller.error(error),
      );
    },
  });
}
