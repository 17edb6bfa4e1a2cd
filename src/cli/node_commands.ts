import { broadcast } from "./commands/broadcast.ts";
import { connect } from "./commands/connect.ts";
import { disconnect } from "./commands/disconnect.ts";
import { discover } from "./commands/discover.ts";
import { history } from "./commands/history.ts";
import { inbox } from "./commands/inbox.ts";
import { leave } from "./commands/leave.ts";
import { map } from "./commands/map.ts";
import { page } from "./commands/page.ts";
import { peers } from "./commands/peers.ts";
import { ping } from "./commands/ping.ts";
import { roomJoin } from "./commands/room_join.ts";
import { roomLeave } from "./commands/room_leave.ts";
import { roomList } from "./commands/room_list.ts";
import { roomListen } from "./commands/room_listen.ts";
import { roomMembers } from "./commands/room_members.ts";
import { roomPage } from "./commands/room_page.ts";
import { roomSay } from "./commands/room_say.ts";
import { send } from "./commands/send.ts";
import { status } from "./commands/status.ts";
import { why } from "./commands/why.ts";
import type { NodeCommand } from "./node_command.ts";
import { withOpen } from "./with_open.ts";

/** Every command that talks to a running node, in the order of the help text. */
export const NODE_COMMANDS: readonly NodeCommand[] = [
  status,
  peers,
  withOpen(map, "page"),
  history,
  connect,
  disconnect,
  discover,
  send,
  broadcast,
  inbox,
  ping,
  why,
  page,
  roomJoin,
  roomSay,
  roomListen,
  roomMembers,
  roomList,
  roomLeave,
  withOpen(roomPage, "room_page"),
  leave,
];
