import { assertEquals, assertRejects } from "@std/assert";
import { createServer, type Server } from "node:net";
import { listenAt, MAX_PATH_BYTES, SocketFileError } from "../../src/io/socket_file.ts";
import { Program } from "./control_rig.ts";
import { TempFolder } from "./temp_folder.ts";
import { until } from "./until.ts";

/** A server that greets, so that one sees who answers. */
function greeter(greeting: string): Server {
  return createServer((socket) => {
    socket.on("error", () => {});
    socket.end(`${JSON.stringify(greeting)}\n`);
  });
}

/** Who answers at `path`. */
async function whoAnswers(path: string): Promise<unknown> {
  const program = new Program(path);
  await until(() => program.isOver);
  return program.lines[0];
}

/** Leaves the file of a socket at which nobody listens any more, as a killed node does. */
async function leaveStale(path: string): Promise<void> {
  const server = greeter("gone");
  await listenAt(server, `${path}.gone`);
  Deno.renameSync(`${path}.gone`, path);
  await closed(server);
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

Deno.test("listenAt: makes a socket for the owner alone, and leaves nothing else", async () => {
  using folder = new TempFolder();
  const path = `${folder.path}/control.sock`;
  const server = greeter("bob");
  const file = await listenAt(server, path);
  const { mode = 0, isSocket } = Deno.lstatSync(path);
  assertEquals([isSocket, (mode ?? 0) & 0o777], [true, 0o600]);
  assertEquals(folder.names(), ["control.sock"]);
  assertEquals(await whoAnswers(path), "bob");
  file.remove();
  file.remove();
  await closed(server);
  assertEquals(folder.names(), []);
});

Deno.test("listenAt: nobody else can reach the socket before it is private", async () => {
  using folder = new TempFolder();
  const mask = Deno.umask(0);
  const seen: string[] = [];
  const server = greeter("bob");
  try {
    const listening = listenAt(server, `${folder.path}/control.sock`);
    // Everything that lies in the folder at any turn of the event loop on the way.
    for (let isDone = false; !isDone;) {
      for (const name of folder.names()) {
        const { mode } = Deno.lstatSync(`${folder.path}/${name}`);
        seen.push(((mode ?? 0) & 0o077).toString(8));
      }
      isDone = await Promise.race([listening.then(() => true), turn().then(() => false)]);
    }
    (await listening).remove();
  } finally {
    Deno.umask(mask);
    await closed(server);
  }
  assertEquals([seen.length > 0, [...new Set(seen)]], [true, ["0"]]);
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

Deno.test("listenAt: replaces the socket of a killed node", async () => {
  using folder = new TempFolder();
  const path = `${folder.path}/control.sock`;
  await leaveStale(path);
  assertEquals(Deno.lstatSync(path).isSocket, true);
  const server = greeter("bob");
  const file = await listenAt(server, path);
  assertEquals([await whoAnswers(path), folder.names()], ["bob", ["control.sock"]]);
  file.remove();
  await closed(server);
});

Deno.test("listenAt: refuses where a node answers, which goes on", async () => {
  using folder = new TempFolder();
  const path = `${folder.path}/control.sock`;
  const server = greeter("first");
  const file = await listenAt(server, path);
  const { message } = await assertRejects(
    () => listenAt(greeter("second"), path, "bob"),
    SocketFileError,
  );
  assertEquals(message, `bob is already running: it answers at ${path}`);
  await assertRejects(() => listenAt(greeter("third"), path), SocketFileError, "A node is already");
  assertEquals([await whoAnswers(path), folder.names()], ["first", ["control.sock"]]);
  file.remove();
  await closed(server);
});

Deno.test("listenAt: of many that start at once over a stale socket, one gets the name", async () => {
  for (let round = 0; round < 10; round++) {
    using folder = new TempFolder();
    const path = `${folder.path}/control.sock`;
    await leaveStale(path);
    const servers = Array.from({ length: 8 }, (_, number) => greeter(`no. ${number}`));
    const outcomes = await Promise.allSettled(servers.map((server) => listenAt(server, path)));
    const winners = [...outcomes.keys()].filter((at) => outcomes[at]?.status === "fulfilled");
    const reasons = outcomes.flatMap((each) => each.status === "rejected" ? [each.reason] : []);
    assertEquals(winners.length, 1);
    assertEquals(reasons.filter(({ message }) => !message.includes("already running")), []);
    assertEquals(await whoAnswers(path), `no. ${winners[0]}`);
    assertEquals(folder.names(), ["control.sock"]);
    await Promise.all(servers.filter(({ listening }) => listening).map(closed));
  }
});

for (const kind of ["file", "folder", "link to a socket", "link to nothing"]) {
  Deno.test(`listenAt: leaves a ${kind} alone`, async () => {
    using folder = new TempFolder();
    const path = `${folder.path}/control.sock`;
    if (kind === "file") folder.write("control.sock", "precious");
    else if (kind === "folder") Deno.mkdirSync(path);
    else Deno.symlinkSync(`${folder.path}/elsewhere`, path);
    if (kind === "link to a socket") await leaveStale(`${folder.path}/elsewhere`);
    const before = Deno.lstatSync(path);
    const { message } = await assertRejects(
      () => listenAt(greeter("bob"), path, "bob"),
      SocketFileError,
    );
    assertEquals(
      message,
      `Could not listen at ${path}: what is there is no socket. Move it away, or name another ` +
        "place in the setting network.controller.control.socket",
    );
    assertEquals(Deno.lstatSync(path).ino, before.ino);
    if (kind === "file") assertEquals(folder.read("control.sock"), "precious");
  });
}

Deno.test("listenAt: a path that is too long for a socket is told so", async () => {
  using folder = new TempFolder();
  const room = MAX_PATH_BYTES - folder.path.length - 1;
  const server = greeter("bob");
  const file = await listenAt(server, `${folder.path}/${"x".repeat(room)}`);
  file.remove();
  await closed(server);
  const long = `${folder.path}/${"x".repeat(room + 1)}`;
  const { message } = await assertRejects(() => listenAt(greeter("bob"), long), SocketFileError);
  assertEquals(
    message,
    `Could not listen at ${long}: the path has ${MAX_PATH_BYTES + 1} bytes, wanted at most ` +
      `${MAX_PATH_BYTES}. The setting network.controller.control.socket names another place`,
  );
  const inBytes = `${folder.path}/${"ü".repeat(Math.ceil((room + 1) / 2))}`;
  await assertRejects(() => listenAt(greeter("bob"), inBytes), SocketFileError, "bytes, wanted");
  assertEquals(folder.names(), []);
});

Deno.test("listenAt: a folder that is not there, or may not be written to, is told so", async () => {
  using folder = new TempFolder();
  await assertRejects(
    () => listenAt(greeter("bob"), `${folder.path}/none/control.sock`),
    SocketFileError,
    "there is no such file or folder",
  );
  folder.write("file", "");
  await assertRejects(
    () => listenAt(greeter("bob"), `${folder.path}/file/control.sock`),
    SocketFileError,
    "a file is in the way",
  );
});

Deno.test("SocketFile.remove: leaves the socket of another one that took its place", async () => {
  using folder = new TempFolder();
  const path = `${folder.path}/control.sock`;
  const [first, second] = [greeter("first"), greeter("second")];
  const lost = await listenAt(first, path);
  Deno.removeSync(path);
  const file = await listenAt(second, path);
  lost.remove();
  assertEquals(await whoAnswers(path), "second");
  file.remove();
  await closed(first);
  await closed(second);
});
