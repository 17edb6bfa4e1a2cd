/** Binds the command line to this machine. */

import { areaNet } from "./src/cli/area_net.ts";
import { host } from "./src/io/host.ts";

Deno.exit(await areaNet(Deno.args, host()));
