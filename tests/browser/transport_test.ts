/** How nodes in browsers reach others, in a real browser. */

import { assert, assertEquals } from "@std/assert";
import { bundleForPage } from "./bundle.ts";
import { Chromium, chromiumOrWarning } from "./chromium.ts";
import { networkOrWarning } from "./network.ts";

const WHAT = "data channels between browsers";
const path = networkOrWarning(WHAT) ? chromiumOrWarning(WHAT) : undefined;

Deno.test({
  name: "WebRtc: does over data channels what every transport must do",
  ignore: path === undefined,
  async fn(test) {
    const script = await bundleForPage("transport_page.ts");
    await using chromium = await Chromium.launch(path ?? "");
    const { page, conduct } = await chromium.open();
    await page.addScriptTag({ content: script });
    const sentences = await page.evaluate("suite.sentences()") as string[];
    assert(sentences.length > 35, `Expected the whole suite, met ${sentences.length} stories`);
    for (const sentence of sentences) {
      await test.step(sentence, async () => {
        await page.evaluate(`suite.tell(${JSON.stringify(sentence)})`);
      });
    }
    assertEquals(conduct.complaints, []);
  },
});
