/** Rooms: who is in them, what happens there, and what is said. */

import type { NodeId } from "../../base/node_id.ts";
import type { Cancel } from "../../base/ports.ts";
import type { NodeApi } from "../../controller/node_api.ts";
import type { RoomEvent, RoomView } from "../../controller/room_api.ts";
import { nodeLabel, visible } from "../../report/visible.ts";
import { normalRoomName } from "../../rooms/room_name.ts";
import { ControlError } from "../client.ts";
import { PeerFinder } from "../find_peer.ts";
import type { Context, Handler } from "../handler.ts";
import type { EventOf, Result } from "../methods.ts";
import { readContent, showContent } from "./content.ts";
import { isSelf } from "./links.ts";
import { openPage } from "./page.ts";

/** How often a room is looked at by those who wait for it to settle: people take less for at once. */
const SETTLING_PERIOD_MS = 50;

const NOWHERE = { settled: false, members: [] };

/** How often those who listen look whether the room is still joined. */
const LISTENING_PERIOD_MS = 1000;

/** Who waits is answered once those who are there are known, and otherwise when the time is over. */
export const roomJoin: Handler<"room_join"> = ({ node, clock }, params, answer) => {
  const name = normalRoomName(params.room);
  const wasJoined = !refusing(() => node.rooms.join(name));
  const resultSoFar = (): Result<"room_join"> => {
    const view = findRoom(node, name);
    // It may have been left while somebody waited for it.
    if (view === undefined) return { ...NOWHERE, room: name, was_joined: wasJoined };
    return { ...showRoom(view), was_joined: wasJoined };
  };
  const end = clock.now() + params.wait_ms;
  let cancel: Cancel = () => {};
  const look = () => {
    const view = findRoom(node, name);
    const isOver = view === undefined || view.isSettled || clock.now() >= end;
    if (isOver) return answer.result(resultSoFar());
    cancel = clock.wakeAt(Math.min(end, clock.now() + SETTLING_PERIOD_MS), look);
  };
  look();
  return { stop: () => cancel(), resultSoFar };
};

export const roomLeave: Handler<"room_leave"> = ({ node }, params, answer) => {
  const room = normalRoomName(params.room);
  answer.result({ room, was_joined: node.rooms.leave(room) });
};

export const roomSay: Handler<"room_say"> = (context, params, answer) => {
  const { node } = context;
  const view = joinedRoom(context, params.room);
  const room = view.name;
  const content = readContent(params, "room_say");
  const to = params.to === undefined ? undefined : recipients(context, view, params.to);
  const members = refusing(() => node.rooms.say(room, content, to));
  if (members === undefined) throw notJoined(context, room);
  answer.result({ room, members });
};

export const roomMembers: Handler<"room_members"> = (context, params, answer) =>
  answer.result(showRoom(joinedRoom(context, params.room)));

export const roomList: Handler<"room_list"> = ({ node }, _params, answer) =>
  answer.result({
    rooms: node.rooms.list().map(({ name, isSettled, members, unread }) => ({
      room: name,
      settled: isSettled,
      members: members.length,
      unread,
    })),
  });

/**
 * Who follows is told of every event, the kept ones first; the result is then empty, for all has been
 * told. Once the room is left there is nothing more to come, which is said by a fault.
 */
export const roomListen: Handler<"room_listen"> = (context, params, answer) => {
  const { node, clock } = context;
  const room = joinedRoom(context, params.room).name;
  const kept = node.rooms.events(room).map(showEvent);
  if (!params.follow) return answer.result({ events: kept });
  // Before the kept ones go out: whoever reads them may cause the next one at once.
  const waiting: RoomEvent[] = [];
  let tell = (event: RoomEvent): void => void waiting.push(event);
  const unlisten = node.rooms.listen(room, (event) => tell(event));
  for (const event of kept) answer.event(event);
  // More may come to it while they are told.
  for (const event of waiting) answer.event(showEvent(event));
  tell = (event) => answer.event(showEvent(event));
  let cancel: Cancel = () => {};
  const look = () => {
    if (findRoom(node, room) !== undefined) {
      cancel = clock.wakeAt(clock.now() + LISTENING_PERIOD_MS, look);
      return;
    }
    unlisten();
    answer.fault({
      code: "not-joined",
      message: `${nodeLabel(context.peers.self)} has left the room ${visible(room)}`,
    });
  };
  look();
  const stop = () => {
    cancel();
    unlisten();
  };
  return { stop, resultSoFar: () => ({ events: [] }) };
};

export const roomPage: Handler<"room_page"> = ({ roomPage: open }, _params, answer) =>
  openPage(
    open,
    "This node lets no browsers in, wanted one that runs on a machine of its own",
    answer,
  );

function findRoom(node: NodeApi, name: string): RoomView | undefined {
  return node.rooms.list().find((room) => room.name === name);
}

/** @throws {ControlError} when the node is not in that room */
function joinedRoom(context: Context, text: string): RoomView {
  const name = normalRoomName(text);
  const room = findRoom(context.node, name);
  if (room === undefined) throw notJoined(context, name);
  return room;
}

function notJoined({ peers }: Context, name: string): ControlError {
  const message = `${nodeLabel(peers.self)} is not in the room ${visible(name)}, join it first: ` +
    `room join ${visible(name)}`;
  return new ControlError({ code: "not-joined", message });
}

/**
 * The members that people mean, each once.
 *
 * @throws {ControlError} when somebody is none of the room's other members, or nobody is named
 */
function recipients({ node, peers }: Context, room: RoomView, to: readonly string[]): NodeId[] {
  if (to.length === 0) {
    const message =
      "Parameter to of room_say names nobody, wanted members; without it all are meant";
    throw new ControlError({ code: "bad-request", message });
  }
  const { self } = peers;
  const members = new PeerFinder(
    {
      mapVersion: () => node.mapVersion(),
      snapshot: () => ({ self: self.id, nodes: room.members }),
    },
    { one: `other member of ${visible(room.name)}`, list: "room members" },
  );
  const found = to.map((text) => {
    const { id } = members.find(text);
    if (id === self.id) throw isSelf(self, "room_say", "other members");
    return id;
  });
  return [...new Set(found)];
}

/** What a room refuses is the caller's mistake, and said in the room's own words. */
function refusing<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ControlError({ code: "bad-request", message: error.message });
  }
}

function showRoom({ name, isSettled, members }: RoomView): Result<"room_members"> {
  return {
    room: name,
    settled: isSettled,
    members: members.map(({ id, label }) => ({ id, label })),
  };
}

function showEvent(event: RoomEvent): EventOf<"room_listen"> {
  const { room, at, type, member: { id, label } } = event;
  const shown = { room, at: Math.round(at), type, member: { id, label } };
  if (event.type !== "message") return shown;
  return { ...shown, ...showContent(event.content), private: event.isPrivate };
}
