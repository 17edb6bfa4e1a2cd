import { assertEquals, assertMatch } from "@std/assert";
import { runModule } from "./program.ts";

for (const kind of ["throws", "rejects"]) {
  Deno.test(`endOnFailures: a program that ${kind} says one line and ends`, async () => {
    await using program = runModule("tests/io/failing_program.ts", [kind]);
    const { code, out, err } = await program.outcome();
    assertEquals(code, 1);
    assertEquals(err, "");
    assertMatch(out, /^\S+ ERROR Failed in a way .*please report it: TypeError: a\\u\{a\}bug\n$/);
  });
}
