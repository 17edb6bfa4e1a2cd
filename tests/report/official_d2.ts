/**
 * The official D2 compiler, for the test files that import this: it is WebAssembly in a worker, has to
 * read its own package, and ends with the tests of the file.
 */

import { D2 } from "@terrastruct/d2";

const d2 = new D2();
// Up before the first test, or that one would be blamed for a worker that outlives it.
await d2.compile("");

Deno.test.afterAll(async () => {
  const { worker } = d2 as unknown as { worker: { terminate(): Promise<unknown> } };
  await worker.terminate();
});

/** What D2 understands of a diagram; rejects when it does not compile. */
export async function compileDiagram(text: string) {
  return (await d2.compile(text)).diagram;
}
