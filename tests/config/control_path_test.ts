import { assertEquals } from "@std/assert";
import { chainPath, controlPath } from "../../src/config/control_path.ts";
import { defaultConfig } from "../../src/config/schema.ts";

Deno.test("controlPath: is in the folder of a node with a profile, unless it is named", () => {
  const cases: [
    socket: string,
    folder: string | undefined,
    profile: string | undefined,
    path?: string,
  ][] = [
    ["", "profiles/bob", "bob", "profiles/bob/control.sock"],
    ["", ".", "bob", "control.sock"],
    ["", "/", "bob", "/control.sock"],
    ["", "profiles", undefined],
    ["", undefined, "bob"],
    ["", undefined, undefined],
    ["run/x.sock", "profiles/bob", "bob", "run/x.sock"],
    ["run/x.sock", undefined, undefined, "run/x.sock"],
  ];
  for (const [socket, folder, profile, path] of cases) {
    const config = defaultConfig();
    config.network.controller.control.socket = socket;
    const place = {
      config,
      ...(folder !== undefined && { folder }),
      ...(profile !== undefined && { profile }),
    };
    assertEquals(controlPath(place), path);
  }
});

Deno.test("chainPath: lies beside the node's socket, and is there without a profile too", () => {
  const cases: [socket: string, folder: string | undefined, path: string][] = [
    ["", "profiles/bob", "profiles/bob/chain.sock"],
    ["", "profiles/bob/", "profiles/bob/chain.sock"],
    ["", ".", "chain.sock"],
    ["", undefined, "chain.sock"],
    ["/run/bob.sock", "profiles/bob", "/run/chain.sock"],
    ["bob.sock", "profiles/bob", "chain.sock"],
  ];
  for (const [socket, folder, path] of cases) {
    const config = defaultConfig();
    config.network.controller.control.socket = socket;
    assertEquals(chainPath({ config, ...(folder !== undefined && { folder }) }), path);
  }
});
