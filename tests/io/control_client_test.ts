import { assertEquals, assertRejects } from "@std/assert";
import { createServer } from "node:net";
import { ControlUnreachable } from "../../src/control/client.ts";
import { formatLine } from "../../src/control/lines.ts";
import { connectControl } from "../../src/io/control_client.ts";
import { TempFolder } from "./temp_folder.ts";

/** Something that listens at a socket, says `greeting` and hangs up where told so. */
async function stranger(path: string, greeting: Uint8Array | string, hangsUp = false) {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.write(greeting);
    if (hangsUp) socket.end();
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Why `path` could not be reached. */
async function failure(path: string): Promise<{ kind: string; message: string }> {
  const { kind, message, path: told } = await assertRejects(
    () => connectControl(path),
    ControlUnreachable,
  );
  assertEquals(told, path);
  return { kind, message: message.replaceAll(path, "PATH") };
}

Deno.test("connectControl: where there is no file, no node is running", async () => {
  using folder = new TempFolder();
  assertEquals(await failure(`${folder.path}/control.sock`), {
    kind: "not-running",
    message: "No node answers at PATH: there is no such file",
  });
});

Deno.test("connectControl: where a killed node left its socket, none is running", async () => {
  using folder = new TempFolder();
  const path = `${folder.path}/control.sock`;
  {
    await using _server = await stranger(`${path}.gone`, "");
    Deno.renameSync(`${path}.gone`, path);
  }
  assertEquals(await failure(path), {
    kind: "not-running",
    message: "No node answers at PATH: nobody listens there",
  });
});

Deno.test("connectControl: a path too long for any socket is no running node's", async () => {
  const { kind } = await failure(`/${"x".repeat(200)}`);
  assertEquals(kind, "not-running");
});

for (const kind of ["file", "folder"]) {
  Deno.test(`connectControl: a ${kind} is no node`, async () => {
    using folder = new TempFolder();
    const path = kind === "file" ? folder.write("control.sock", "precious") : folder.path;
    assertEquals(await failure(path), {
      kind: "not-a-node",
      message: "What is at PATH is no socket",
    });
  });
}

const STRANGERS = [
  { greeting: "SSH-2.0-OpenSSH\n", says: "A line is no JSON, wanted a JSON object" },
  { greeting: "", says: "It said nothing for 2 s" },
  { greeting: '{"v":1,"hel', says: "It said nothing for 2 s" },
];

for (const { greeting, says } of STRANGERS) {
  Deno.test(`connectControl: one who says ${JSON.stringify(greeting)} is no node`, async () => {
    using folder = new TempFolder();
    const path = `${folder.path}/control.sock`;
    await using _server = await stranger(path, greeting);
    assertEquals(await failure(path), {
      kind: "not-a-node",
      message: `What answers at PATH is no node of area-net: ${says}`,
    });
  });
}

Deno.test("connectControl: one who hangs up is no node", async () => {
  using folder = new TempFolder();
  const path = `${folder.path}/control.sock`;
  await using _server = await stranger(path, "", true);
  assertEquals(await failure(path), {
    kind: "not-a-node",
    message: "What answers at PATH is no node of area-net: It ended the connection",
  });
});

Deno.test("connectControl: a node of another version is told by its hello", async () => {
  using folder = new TempFolder();
  const path = `${folder.path}/control.sock`;
  await using _server = await stranger(path, formatLine({ v: 9, hello: { name: "bob" } }));
  const { kind, message } = await failure(path);
  assertEquals(kind, "version");
  assertEquals(message.includes("speaks version 9 of the control protocol"), true);
});

Deno.test({
  name: "connectControl: a socket of somebody else is denied",
  // The administrator may open everything.
  ignore: Deno.build.os === "windows" || Deno.uid() === 0,
  fn: async () => {
    using folder = new TempFolder();
    const path = `${folder.path}/control.sock`;
    await using _server = await stranger(path, formatLine({}));
    Deno.chmodSync(path, 0o000);
    assertEquals((await failure(path)).kind, "denied");
  },
});
