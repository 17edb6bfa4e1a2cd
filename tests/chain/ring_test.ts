import { assert, assertEquals } from "@std/assert";
import { ChainCluster } from "../../src/sim/chain_cluster.ts";
import type { SimMember } from "../../src/sim/chain_member.ts";
import { LineLiar } from "./line_liar.ts";

function addressOf(member: SimMember | undefined, side: "head" | "tail") {
  const address = member?.status().addresses[side];
  assert(address !== undefined);
  return address;
}

Deno.test("Line: one that was lied into a ring finds it out, opens it once, and is a line again", () => {
  const cluster = new ChainCluster({ seed: 3, allowsRings: true });
  const line = cluster.addLine(5);
  cluster.until(() => cluster.agrees(), 10_000);
  const liar = new LineLiar(
    cluster,
    cluster.addHost(),
    addressOf(line.at(-1), "head"),
    addressOf(line[0], "tail"),
  );
  liar.start(cluster.servers.chain);
  const isRing = () => line.every((member) => cluster.neighbour(member, "tail") !== undefined);
  cluster.until(isRing, 10_000);
  cluster.until(() => cluster.agrees(), 20_000);
  const opened = line.flatMap(({ notices }) =>
    notices.filter((each) => each.type === "lost" && each.reason === "ring")
  );
  assertEquals(opened.length, 1);
  const names = (members: readonly SimMember[]) => members.map(({ name }) => name).sort();
  assertEquals(names(cluster.line()), names(line));
});
