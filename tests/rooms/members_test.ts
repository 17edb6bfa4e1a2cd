import { assert, assertEquals } from "@std/assert";
import type { NodeId } from "../../src/base/node_id.ts";
import { Members } from "../../src/rooms/members.ts";
import type { Standing } from "../../src/topology/standings.ts";
import type { Statement } from "../../src/wire/rooms.ts";
import { idOf } from "../topology/ids.ts";

const A = idOf(1);
const KEY = new Uint8Array(32);
const HOUR_MS = 3_600_000;

/** Which run of a node something is about. */
const runOf = (number: number) => new Uint8Array(32).fill(number);

/** The members of a room as one node sees them, and its map. */
class Sight {
  readonly #map = new Map<NodeId, { standing: Standing; run: number; label: string }>();
  readonly members: Members;
  now = 0;

  constructor(max = 10) {
    this.members = new Members({
      standing: (id) => this.#map.get(id)?.standing,
      get: (id) => {
        const node = this.#map.get(id);
        return node && { publicKey: KEY, sealingKey: runOf(node.run), label: node.label };
      },
    }, max);
  }

  /** The map shows something else of a node. */
  show(id: NodeId, standing: Standing, run = 1, label = "alice"): void {
    this.#map.set(id, { standing, run, label });
    this.members.judge(this.now, id);
  }

  /** The map has forgotten a node. */
  drop(id: NodeId): void {
    this.#map.delete(id);
    this.members.judge(this.now, id);
  }

  /** Somebody says something of itself; it is taken if it is news. */
  state(id: NodeId, epoch: number, { left = false, run = 1 } = {}): boolean {
    const statement: Statement = { id, epoch, left, run: runOf(run) };
    if (!this.members.isNews(statement)) return false;
    const carried = { body: KEY, signature: KEY };
    this.members.put(this.now, statement, carried, KEY);
    return true;
  }

  /** Time passes, and everybody is looked at now and then. */
  pass(ms: number): void {
    for (const end = this.now + ms; this.now < end;) {
      this.now += Math.min(5_000, end - this.now);
      this.members.sweep(this.now);
    }
  }

  /** Who came and went since the last time. */
  news(): string[] {
    return this.members.takeChanges().map(({ type, member }) => `${member.label} ${type}`);
  }
}

/** A sight of one member that is there. */
function withAlice(): Sight {
  const sight = new Sight();
  sight.show(A, "alive");
  sight.state(A, 100);
  assertEquals(sight.news(), ["alice joined"]);
  return sight;
}

Deno.test("Members: who says that it joined and is alive is present", () => {
  const sight = withAlice();
  assertEquals(sight.members.present(), [A]);
  assert(sight.members.isPresent(A));
});

Deno.test("Members: who says that it joined is present once the map shows it", () => {
  const sight = new Sight();
  sight.state(A, 100);
  sight.show(A, "failed");
  assertEquals(sight.news(), []);
  assertEquals(sight.members.present(), []);
  sight.show(A, "alive");
  assertEquals(sight.news(), ["alice joined"]);
});

Deno.test("Members: leaving, vanishing and a node that left are told apart, each told once", () => {
  const left = withAlice();
  assert(left.state(A, 100, { left: true }));
  left.show(A, "left");
  left.drop(A);
  left.pass(60_000);
  assertEquals(left.news(), ["alice left"]);

  const vanished = withAlice();
  vanished.show(A, "failed");
  vanished.state(A, 100, { left: true });
  vanished.pass(60_000);
  assertEquals(vanished.news(), ["alice vanished"]);

  const nodeLeft = withAlice();
  nodeLeft.show(A, "left");
  nodeLeft.drop(A);
  nodeLeft.pass(60_000);
  assertEquals(nodeLeft.news(), ["alice left"]);

  const forgotten = withAlice();
  forgotten.drop(A);
  assertEquals(forgotten.news(), ["alice vanished"]);
});

Deno.test("Members: who comes back as the same run has joined again, without a word", () => {
  const sight = withAlice();
  sight.show(A, "failed");
  sight.show(A, "alive");
  assertEquals(sight.news(), ["alice vanished", "alice joined"]);
});

Deno.test("Members: who comes back as another run is not there before it says so", () => {
  const sight = withAlice();
  sight.show(A, "failed");
  sight.show(A, "alive", 2);
  sight.pass(60_000);
  assertEquals(sight.news(), ["alice vanished"]);
  sight.state(A, 200, { run: 2 });
  assertEquals(sight.news(), ["alice joined"]);
});

Deno.test("Members: a quick restart is no coming and going, whoever hears of it first", () => {
  const mapFirst = withAlice();
  mapFirst.show(A, "alive", 2);
  mapFirst.pass(2_000);
  mapFirst.state(A, 200, { run: 2 });
  mapFirst.pass(60_000);
  assertEquals(mapFirst.news(), []);

  const roomFirst = withAlice();
  roomFirst.state(A, 200, { run: 2 });
  roomFirst.pass(2_000);
  roomFirst.show(A, "alive", 2);
  roomFirst.pass(60_000);
  assertEquals(roomFirst.news(), []);
});

Deno.test("Members: a new run that does not join has vanished, though the map never lost it", () => {
  const sight = withAlice();
  sight.show(A, "alive", 2);
  sight.pass(15_000);
  assertEquals(sight.news(), ["alice vanished"]);
});

Deno.test("Members: only what is newer is news", () => {
  const sight = withAlice();
  assert(!sight.state(A, 100));
  assert(!sight.state(A, 99));
  assert(!sight.state(A, 99, { left: true }));
  assert(sight.state(A, 100, { left: true }));
  assert(!sight.state(A, 100));
  assert(!sight.state(A, 100, { left: true }));
  assert(sight.state(A, 101));
  assertEquals(sight.news(), ["alice left", "alice joined"]);
});

Deno.test("Members: who is gone is forgotten after an hour, and who is there never", () => {
  const sight = withAlice();
  const b = idOf(2);
  sight.show(b, "alive", 1, "bob");
  sight.state(b, 100);
  sight.state(A, 100, { left: true });
  sight.pass(HOUR_MS - 10_000);
  assertEquals(sight.members.takeForgotten(), []);
  assert(!sight.state(A, 100));
  sight.pass(20_000);
  assertEquals(sight.members.takeForgotten(), [A]);
  sight.pass(24 * HOUR_MS);
  assertEquals(sight.members.present(), [b]);
});

Deno.test("Members: where there is no more room, those who are gone make it, the longest first", () => {
  const sight = new Sight(3);
  for (const number of [1, 2, 3]) {
    sight.show(idOf(number), "alive");
    sight.state(idOf(number), 100);
  }
  assert(!sight.members.hasRoomFor(idOf(4)));
  sight.state(idOf(4), 100);
  assertEquals(sight.members.get(idOf(4)), undefined);
  sight.now = 10;
  sight.show(idOf(2), "failed");
  sight.now = 20;
  sight.show(idOf(1), "failed");
  assert(sight.members.hasRoomFor(idOf(4)));
  sight.state(idOf(4), 100);
  assertEquals(sight.members.takeForgotten(), [idOf(2)]);
  // A newer statement of somebody who is held takes no more room.
  assert(sight.members.hasRoomFor(idOf(3)));
  sight.state(idOf(3), 101);
  assertEquals([...sight.members.all()].map(({ statement }) => statement.id).sort(), [
    idOf(1),
    idOf(3),
    idOf(4),
  ]);
});

Deno.test("Members: who is gone is still called by its name when the map has forgotten it", () => {
  const sight = withAlice();
  sight.drop(A);
  sight.pass(60_000);
  assertEquals(sight.members.member(A), { id: A, label: "alice" });
});

Deno.test("Members: a new label is taken from the map", () => {
  const sight = withAlice();
  sight.show(A, "alive", 1, "carol");
  assertEquals(sight.members.member(A).label, "carol");
});
