import { broadcast } from "./commands/broadcast.ts";
import { connect } from "./commands/connect.ts";
import { disconnect } from "./commands/disconnect.ts";
import { discover } from "./commands/discover.ts";
import { inbox } from "./commands/inbox.ts";
import { leave } from "./commands/leave.ts";
import { map } from "./commands/map.ts";
import { peers } from "./commands/peers.ts";
import { ping } from "./commands/ping.ts";
import { send } from "./commands/send.ts";
import { status } from "./commands/status.ts";
import type { NodeCommand } from "./node_command.ts";

/** Every command that talks to a running node, in the order of the help text. */
export const NODE_COMMANDS: readonly NodeCommand[] = [
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
  leave,
];
