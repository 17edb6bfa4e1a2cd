/** Every method's handler. The type sees to it that none is missing. */

import type { Handler } from "../handler.ts";
import type { MethodName } from "../methods.ts";
import { history } from "./history.ts";
import { inbox } from "./inbox.ts";
import { broadcast, send } from "./letters.ts";
import { connect, disconnect, discover, leave } from "./links.ts";
import { page } from "./page.ts";
import { ping } from "./ping.ts";
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
  leave,
};
