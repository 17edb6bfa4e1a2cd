/**
 * What the core may use beyond the language itself: text to bytes and back, and no more. The
 * second type check (`tools/core.deno.json`) knows nothing else of Deno or the web.
 */

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(label: "utf-8", options: { fatal: true; ignoreBOM: true });
  decode(bytes: Uint8Array): string;
}
