import { assert, assertEquals } from "@std/assert";
import type { NodeId } from "../../src/base/node_id.ts";
import { decideTrust, type TrustFacts, type TrustMode } from "../../src/identity/trust.ts";
import { signerOf } from "./signers.ts";

const [PRESENT, FORMER, OTHER] = [1, 2, 3].map((number) => signerOf(number).id) as [
  NodeId,
  NodeId,
  NodeId,
];
const MODES: readonly TrustMode[] = ["tofu", "pinned", "open"];
const LISTS = [[], [OTHER], [PRESENT], [FORMER], [OTHER, PRESENT]];

/** Every combination of what is weighed. */
function* everyFacts(): Generator<TrustFacts> {
  for (const mode of MODES) {
    for (const allow of LISTS) {
      for (const deny of LISTS) {
        for (const formerly of [[], [FORMER]]) {
          for (const isPinned of [false, true]) {
            for (const pinnedThere of [undefined, PRESENT, FORMER, OTHER]) {
              yield { mode, allow, deny, id: PRESENT, formerly, isPinned, pinnedThere };
            }
          }
        }
      }
    }
  }
}

/** The decision in a word or two: the rules of the module, written down a second time. */
function expected({ mode, allow, deny, formerly, isPinned, pinnedThere }: TrustFacts): string {
  const names = (list: readonly NodeId[]) =>
    list.includes(PRESENT) || (formerly.length > 0 && list.includes(FORMER));
  if (names(deny)) return "on the deny list";
  const isAnothers = pinnedThere !== undefined && pinnedThere !== PRESENT &&
    !(pinnedThere === FORMER && formerly.length > 0);
  if (mode !== "open" && isAnothers) return "key-changed";
  if (names(allow)) return "trust";
  if (mode === "pinned") return isPinned ? "trust" : "neither listed nor pinned";
  return allow.length === 0 ? "trust" : "not on the allow list";
}

Deno.test("decideTrust: answers every combination of facts", () => {
  const answers = new Set<string>();
  for (const facts of everyFacts()) {
    const decision = decideTrust(facts);
    const wanted = expected(facts);
    const answer = decision.type === "refuse" ? decision.detail : decision.type;
    assert(answer.endsWith(wanted), `${JSON.stringify(facts)}: ${answer}`);
    if (decision.type === "key-changed") assertEquals(decision.expected, facts.pinnedThere);
    answers.add(wanted);
  }
  assertEquals(answers.size, 5);
});

Deno.test("decideTrust: whoever changed its key goes on under its old name, in every list", () => {
  const rotated: TrustFacts = {
    mode: "pinned",
    allow: [FORMER],
    deny: [],
    id: PRESENT,
    formerly: [FORMER],
    isPinned: false,
    pinnedThere: FORMER,
  };
  assertEquals(decideTrust(rotated), { type: "trust" });
  assertEquals(decideTrust({ ...rotated, deny: [FORMER] }).type, "refuse");
  assertEquals(decideTrust({ ...rotated, formerly: [] }), {
    type: "key-changed",
    expected: FORMER,
  });
  const incoming = { ...rotated, formerly: [], pinnedThere: undefined };
  assertEquals(decideTrust(incoming).type, "refuse");
});
