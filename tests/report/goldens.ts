/**
 * The golden files: reports as they stood when somebody last looked at them and found them good.
 *
 * After a change that is meant, renew them, then read the difference before it is committed:
 *
 *     deno run --allow-write=tests/report/golden tests/report/goldens.ts
 */

import type { Snapshot } from "../../src/controller/snapshot.ts";
import { peersD2 } from "../../src/report/d2.ts";
import { peersJson } from "../../src/report/peers_json.ts";
import aloneD2 from "./golden/alone.d2" with { type: "text" };
import aloneJson from "./golden/alone.json" with { type: "text" };
import fiveD2 from "./golden/five_nodes.d2" with { type: "text" };
import fiveJson from "./golden/five_nodes.json" with { type: "text" };
import hostileD2 from "./golden/hostile.d2" with { type: "text" };
import largeD2 from "./golden/large.d2" with { type: "text" };
import troubledD2 from "./golden/troubled.d2" with { type: "text" };
import { ALONE, FIVE, HOSTILE, largeNetwork, TROUBLED } from "./networks.ts";

/** One golden file. */
export interface Golden {
  /** Its name in `golden/`. */
  file: string;
  /** The text of the file. */
  golden: string;
  snapshot: Snapshot;
  render: (snapshot: Snapshot) => string;
}

/** A diagram as a node writes it. */
function diagram(snapshot: Snapshot): string {
  return peersD2(snapshot, { changedAtMs: Date.UTC(2026, 10, 21, 10) });
}

/** A diagram of all nodes, however many there are. */
function wholeDiagram(snapshot: Snapshot): string {
  return peersD2(snapshot, { maxNodes: Infinity });
}

/** Every golden file of the reports. */
export const GOLDENS: readonly Golden[] = [
  { file: "alone.d2", golden: aloneD2, snapshot: ALONE, render: diagram },
  { file: "alone.json", golden: aloneJson, snapshot: ALONE, render: peersJson },
  { file: "five_nodes.d2", golden: fiveD2, snapshot: FIVE, render: diagram },
  { file: "five_nodes.json", golden: fiveJson, snapshot: FIVE, render: peersJson },
  { file: "hostile.d2", golden: hostileD2, snapshot: HOSTILE, render: wholeDiagram },
  { file: "large.d2", golden: largeD2, snapshot: largeNetwork(), render: diagram },
  { file: "troubled.d2", golden: troubledD2, snapshot: TROUBLED, render: diagram },
];

if (import.meta.main) {
  for (const { file, snapshot, render } of GOLDENS) {
    const path = new URL(`./golden/${file}`, import.meta.url);
    Deno.writeTextFileSync(path, render(snapshot));
  }
}
