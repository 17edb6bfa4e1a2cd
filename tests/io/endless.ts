/** Prints lines until nobody reads them. */

import { interruption, print } from "../../src/io/terminal.ts";

using open = interruption();
while (!open.signal.aborted) print(Deno.stdout, "line\n");
print(Deno.stderr, "ended\n");
