import { assertEquals, assertRejects } from "@std/assert";
import { HostError } from "../../src/config/host.ts";
import { host } from "../../src/io/host.ts";

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
