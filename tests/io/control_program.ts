/**
 * A node's control socket, or a program that asks at one, as a process of its own: run it with `serve`
 * or `ask` and the path. It prints one line of what came of it; the one that serves goes on.
 */

import { connectControl } from "../../src/io/control_client.ts";
import { SystemClock } from "../../src/io/clock.ts";
import { openControlSocket } from "../../src/io/control_socket.ts";
import { FakeNode } from "../control/fake_node.ts";

const [what, path = ""] = Deno.args;

try {
  if (what === "serve") {
    const facts = { clock: new SystemClock(), version: "0.1.0" };
    await openControlSocket(path, { node: new FakeNode(), facts, name: "bob" });
    console.log("open");
  } else {
    const client = await connectControl(path);
    const { label } = await client.call("status", {});
    console.log(`${label} answers`);
    client.close();
  }
} catch (error) {
  const { message, kind } = error as Error & { kind?: string };
  console.log(kind ?? message);
}
