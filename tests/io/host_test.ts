import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { HostError, type NodeSettings } from "../../src/config/host.ts";
import { defaultConfig } from "../../src/config/schema.ts";
import { host } from "../../src/io/host.ts";
import { TempFolder } from "./temp_folder.ts";

Deno.test("host: reads files and lists folders", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(`${folder}/bob.toml`, 'label = "größer"\n');
    assertEquals(await host().readText(`${folder}/bob.toml`), 'label = "größer"\n');
    assertEquals(await host().listFolder(folder), ["bob.toml"]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("host: what is not there is told apart from other trouble", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    for (const read of [host().readText, host().listFolder]) {
      const error = await assertRejects(() => Promise.resolve(read(`${folder}/none`)), HostError);
      assertEquals(error.kind, "not-found");
      assertEquals(error.detail, "there is no such file or folder");
    }
    const error = await assertRejects(() => host().readText(folder), HostError);
    assertEquals(error.kind, "other");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test({
  name: "host: what Deno does not permit is told as such",
  permissions: { read: false },
  async fn() {
    const error = await assertRejects(() => host().readText("deno.json"), HostError);
    assertEquals(error.kind, "not-permitted");
  },
});

Deno.test("host: replaces a file as a whole, in a folder that is made for it", async () => {
  using temp = new TempFolder();
  const path = `${temp.path}/bob/known_peers.json`;
  for (const text of ["a longer first text", "größer"]) {
    await host().writeText(path, text);
    assertEquals(await host().readText(path), text);
  }
  assertEquals(await host().listFolder(`${temp.path}/bob`), ["known_peers.json"]);
  const blocked = `${path}/below a file`;
  await assertRejects(() => host().writeText(blocked, ""), HostError, "in the way of a folder");
});

Deno.test({
  name: "host: a secret is read when it is safe, and refused with its mode when it is not",
  ignore: Deno.build.os === "windows",
  async fn() {
    using temp = new TempFolder();
    const path = temp.write("network.key", "secret", 0o600);
    assertEquals(await host().readSecret(path), "secret");
    temp.write("network.key", "secret", 0o644);
    const error = await assertRejects(() => host().readSecret(path), HostError);
    assertEquals([error.kind, error.detail], ["exposed", "0644"]);
    const missing = await assertRejects(() => host().readSecret(`${path}s`), HostError);
    assertEquals(missing.kind, "not-found");
  },
});

Deno.test("host: an identity is described as it was made and changed", async () => {
  using temp = new TempFolder();
  const settings: NodeSettings = {
    config: defaultConfig(),
    targets: [],
    folder: temp.path,
    profile: "bob",
  };
  const first = await host().describeIdentity(settings);
  assertEquals([first.kind, first.file], ["Ed25519", `${temp.path}/identity.key`]);
  const { oldId, newId } = await host().rotateIdentity(temp.path);
  const second = await host().describeIdentity(settings);
  const changes = second.successions.map((change) => ({ old: change.old, new: change.new }));
  assertEquals([first.id, second.id], [oldId, newId]);
  assertEquals([first.successions, changes], [[], [{ old: oldId, new: newId }]]);
});

Deno.test("host: an identity that cannot be used or changed is a sentence", async () => {
  using temp = new TempFolder();
  const config = defaultConfig();
  config.network.controller.identity.key = temp.write("own.key", "no key");
  const error = await assertRejects(
    () => host().describeIdentity({ config, targets: [] }),
    HostError,
  );
  assertStringIncludes(error.detail, "own.key holds no private key in PEM");
  const other = await assertRejects(() => host().rotateIdentity(temp.path), HostError);
  assertStringIncludes(other.detail, "There is no key");
});
