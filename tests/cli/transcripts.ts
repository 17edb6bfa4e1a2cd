/**
 * What the commands for a running node print, as it stood when somebody last looked at it and found
 * it good: one transcript for people, one for programs.
 *
 * After a change that is meant, renew them, then read the difference before it is committed:
 *
 *     deno run --import-map=.imports.json --allow-write=tests/cli/golden tests/cli/transcripts.ts
 */

import { areaNet } from "../../src/cli/area_net.ts";
import type { MethodName } from "../../src/control/methods.ts";
import { FakeClient, type Script } from "./fake_client.ts";
import { FakeHost } from "./fake_host.ts";
import { ALICE, ANSWERS, BOB, DAVE, DEAD, ERIN, MALLORY } from "./node_answers.ts";
import { SHIPPED_FILES } from "./shipped_files.ts";

/** A command, and what the node answers to it where that is not the usual. */
export interface Scene {
  method: MethodName;
  args: readonly string[];
  script?: Script;
}

/** Every command at its usual, as programs call it. */
export const JSON_SCENES: readonly Scene[] = [
  { method: "status", args: ["status"] },
  { method: "peers", args: ["peers"], script: { result: ANSWERS.peers.result } },
  { method: "peers", args: ["peers", "--watch"] },
  { method: "map", args: ["map"] },
  { method: "history", args: ["history"], script: { result: ANSWERS.history.result } },
  {
    method: "history",
    args: ["history", "--follow"],
    script: { events: ANSWERS.history.events ?? [], result: { changes: [] } },
  },
  { method: "connect", args: ["connect", "[::1]:8090", "--id", ALICE.id] },
  { method: "disconnect", args: ["disconnect", "alice"] },
  { method: "discover", args: ["discover"] },
  { method: "send", args: ["send", "erin", "hello", "--trace"] },
  {
    method: "send",
    args: ["send", "dave", "hello"],
    script: { result: { to: DAVE, outcome: "no route" } },
  },
  { method: "broadcast", args: ["broadcast", "hello"] },
  { method: "inbox", args: ["inbox"], script: { result: ANSWERS.inbox.result } },
  { method: "inbox", args: ["inbox", "--follow"], script: followed() },
  { method: "ping", args: ["ping", "erin", "-n", "2"] },
  { method: "why", args: ["why", "erin"] },
  { method: "page", args: ["page"] },
  { method: "room_join", args: ["room", "join", "kitchen"] },
  { method: "room_say", args: ["room", "say", "kitchen", "tea", "is", "ready"] },
  { method: "room_listen", args: ["room", "listen", "kitchen"] },
  { method: "room_members", args: ["room", "members", "kitchen"] },
  { method: "room_list", args: ["room", "list"] },
  { method: "room_leave", args: ["room", "leave", "kitchen"] },
  { method: "room_page", args: ["room", "page"] },
  { method: "leave", args: ["leave"] },
].map((scene) => ({ ...scene, args: [...scene.args, "--json"] }) as Scene);

const OUTCOMES = [
  "no route",
  "timed out",
  "refused: queue full",
  "refused: recipient's queue full",
  "cancelled: this node left",
] as const;

/** The same for people, and what else can come of them. */
export const TEXT_SCENES: readonly Scene[] = [
  ...JSON_SCENES.map((scene) => ({ ...scene, args: scene.args.slice(0, -1) })),
  { method: "peers", args: ["peers"], script: { result: { peers: [] } } },
  { method: "map", args: ["map", "--d2"] },
  { method: "map", args: ["map", "--tree"] },
  {
    method: "disconnect",
    args: ["disconnect", "alice"],
    script: { result: { ...ALICE, was_linked: false } },
  },
  { method: "discover", args: ["discover"], script: { result: { asked: 0 } } },
  { method: "send", args: ["send", "erin", "hello"] },
  ...OUTCOMES.slice(1).map((outcome): Scene => ({
    method: "send",
    args: ["send", "erin", "hello"],
    script: { result: { to: ERIN, outcome } },
  })),
  {
    method: "broadcast",
    args: ["broadcast", "hello"],
    script: {
      result: {
        delivered: 1,
        outcomes: [
          { to: ALICE, outcome: "delivered" },
          { to: DAVE, outcome: "no route" },
          { to: ERIN, outcome: "timed out" },
        ],
      },
    },
  },
  {
    method: "broadcast",
    args: ["broadcast", "hello"],
    script: { result: { delivered: 0, outcomes: [] } },
  },
  { method: "inbox", args: ["inbox"], script: { result: { messages: [] } } },
  {
    method: "ping",
    args: ["ping", "erin"],
    script: {
      result: { ...ANSWERS.ping.result, received: 0, min_us: null, avg_us: null, max_us: null },
    },
  },
  { method: "why", args: ["why", "erin"], script: { result: DEAD } },
  ...[
    { members: [ALICE, BOB] },
    { members: [BOB] },
    { members: [BOB], settled: false },
    { members: [ALICE, BOB], was_joined: true },
    { members: [ALICE, BOB, { ...ERIN, label: "alice" }, MALLORY] },
    { members: [BOB, ...new Array(12).fill(ERIN)] },
  ].map((some): Scene => ({
    method: "room_join",
    args: ["room", "join", "kitchen"],
    script: { result: { ...ANSWERS.room_join.result, ...some } },
  })),
  {
    method: "room_say",
    args: ["room", "say", "kitchen", "hello", "--to", "erin"],
    script: { result: { room: "kitchen", members: 1 } },
  },
  {
    method: "room_say",
    args: ["room", "say", "kitchen", "hello"],
    script: { result: { room: "kitchen", members: 0 } },
  },
  {
    method: "room_members",
    args: ["room", "members", "kitchen"],
    script: { result: { room: "kitchen", settled: false, members: [BOB] } },
  },
  { method: "room_list", args: ["room", "list"], script: { result: { rooms: [] } } },
  {
    method: "room_leave",
    args: ["room", "leave", "kitchen"],
    script: { result: { room: "kitchen", was_joined: false } },
  },
];

function followed(): Script {
  return { events: ANSWERS.inbox.events ?? [], result: { messages: [] } };
}

/** What one scene prints: errors marked by `!`, and the exit code unless it is 0. */
export async function play({ method, args, script = ANSWERS[method] }: Scene): Promise<string> {
  const host = new FakeHost(SHIPPED_FILES);
  host.sockets.set("profiles/bob/control.sock", new FakeClient({ [method]: script }));
  const exitCode = await areaNet(["-p", "bob", ...args], host);
  const errors = host.stderr.replace(/^(?=.)/gm, "! ");
  const ending = exitCode === 0 ? "" : `(exit code ${exitCode})\n`;
  return `$ area-net -p bob ${args.join(" ")}\n${host.stdout}${errors}${ending}\n`;
}

/** What several scenes print, one after the other. */
export async function transcript(scenes: readonly Scene[]): Promise<string> {
  let text = "";
  for (const scene of scenes) text += await play(scene);
  return text;
}

if (import.meta.main) {
  for (const [name, scenes] of [["text", TEXT_SCENES], ["json", JSON_SCENES]] as const) {
    const path = new URL(`./golden/node_commands.${name}.txt`, import.meta.url);
    Deno.writeTextFileSync(path, await transcript(scenes));
  }
}
