/** Every method's handler. The type sees to it that none is missing. */

import type { Handler } from "../handler.ts";
import type { MethodName } from "../methods.ts";
import { history } from "./history.ts";
import { inbox } from "./inbox.ts";
import { broadcast, send } from "./letters.ts";
import { connect, disconnect, discover, leave } from "./links.ts";
import { page } from "./page.ts";
import { ping } from "./ping.ts";
import {
  roomJoin,
  roomLeave,
  roomList,
  roomListen,
  roomMembers,
  roomPage,
  roomSay,
} from "./rooms.ts";
import { map, peers, status } from "./views.ts";
import { why } from "./why.ts";

export const HANDLERS: { readonly [M in MethodName]: Handler<M> } = {
  status,
  peers,
  map,
  connect,
  disconnect,
  discover,
  send,
  broadcast,
  inbox,
  ping,
  why,
  history,
  page,
  room_join: roomJoin,
  room_leave: roomLeave,
  room_say: roomSay,
  room_members: roomMembers,
  room_list: roomList,
  room_listen: roomListen,
  room_page: roomPage,
  leave,
};
