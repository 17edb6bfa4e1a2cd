import { assertEquals, assertThrows } from "@std/assert";
import { seedsOf } from "../../tools/campaign.ts";

Deno.test("seedsOf: a thousand from 0, unless the arguments say otherwise", () => {
  assertEquals(seedsOf([]), { count: 1000, from: 0 });
  assertEquals(seedsOf(["--seeds", "7", "--from=40"]), { count: 7, from: 40 });
});

for (
  const [args, words] of [
    [["--seeds", "0"], '--seeds is "0", wanted a whole number, 1 to 4294967295'],
    [["--from", "x"], '--from is "x", wanted a whole number, 0 to 4294967295'],
    [["--sed", "4"], "Unknown argument --sed, wanted --seeds COUNT or --from SEED"],
    [["4"], "Unknown argument 4, wanted --seeds COUNT or --from SEED"],
  ] as const
) {
  Deno.test(`seedsOf: ${args.join(" ")} is told with what was wanted`, () => {
    assertThrows(() => seedsOf(args), SyntaxError, words);
  });
}
