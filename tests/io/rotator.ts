/**
 * A program that changes the key of the identity in a folder, again and again, and prints each new
 * id. Its tests kill it.
 */

import { rotateIdentity } from "../../src/io/identity_file.ts";

const [folder = ""] = Deno.args;
for (;;) console.log(rotateIdentity(folder).new.id);
