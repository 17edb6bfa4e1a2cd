import { broadcast } from "./commands/broadcast.ts";
import { connect } from "./commands/connect.ts";
import { disconnect } from "./commands/disconnect.ts";
import { discover } from "./commands/discover.ts";
import { history } from "./commands/history.ts";
import { inbox } from "./commands/inbox.ts";
import { leave } from "./commands/leave.ts";
import { map } from "./commands/map.ts";
import { withOpen } from "./commands/map_open.ts";
import { page } from "./commands/page.ts";
import { peers } from "./commands/peers.ts";
import { ping } from "./commands/ping.ts";
import { send } from "./commands/send.ts";
import { status } from "./commands/status.ts";
import { why } from "./commands/why.ts";
import type { NodeCommand } from "./node_command.ts";

/** Every command that talks to a running node, in the order of the help text. */
export const NODE_COMMANDS: readonly NodeCommand[] = [
  status,
  peers,
  withOpen(map),
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
  leave,
];
