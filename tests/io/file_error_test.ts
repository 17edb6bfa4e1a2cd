import { assertEquals } from "@std/assert";
import { describeFileError } from "../../src/io/file_error.ts";

Deno.test("describeFileError: the system's errors are put into words", () => {
  const error = Object.assign(new Error("No space left on device (os error 28)"), {
    code: "ENOSPC",
  });
  assertEquals(describeFileError(error), "the disk is full");
});

Deno.test({
  name:
    "describeFileError: a permission that Deno lacks is named without the advice of a lone flag",
  permissions: { read: false },
  fn() {
    try {
      Deno.readTextFileSync("peers.json");
    } catch (error) {
      return assertEquals(
        describeFileError(error),
        'Deno requires read access to "peers.json"',
      );
    }
    throw new Error("Expected reading to be denied");
  },
});

Deno.test("describeFileError: what has no words of its own keeps the system's", () => {
  assertEquals(describeFileError(new Error("Strange")), "Strange");
  assertEquals(describeFileError("odd"), "odd");
});
