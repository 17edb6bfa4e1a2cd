/**
 * The library: nodes in one's own program, talk with the nodes of this machine, and simulated networks.
 *
 * ```ts
 * import { openNode } from "./mod.ts";
 *
 * await using node = await openNode({ targets: ["[::1]:8090"] });
 * node.listen(({ label, content }) => console.log(label, content));
 * await node.control.call("send", { peer: "erin", text: "hello" });
 *
 * const kitchen = node.join("kitchen");
 * kitchen.on("joined", ({ member }) => kitchen.say(`welcome, ${member.label}`));
 * for await (const event of kitchen) console.log(event.type, event.member.label);
 * ```
 */

import { type AreaNode, openNode as open } from "./src/io/open_node.ts";
import { type OpenOptions, settingsOf } from "./src/io/open_options.ts";

export { type ChainDuplex, ChainLeftError, ChainOverflowError } from "./src/io/chain_duplex.ts";
export type { ChainMember } from "./src/io/chain_member.ts";
export { joinChain, JoinError, type JoinOptions } from "./src/io/join_chain.ts";
export { openRendezvous, type Rendezvous, type RendezvousOptions } from "./src/io/rendezvous.ts";
export type { ChainMessage } from "./src/chain/member_effect.ts";
export type { MemberNotice } from "./src/chain/member_notice.ts";
export type { LineEntry, MemberStatus, SideStatus } from "./src/chain/member_status.ts";
export type { MemberId, Side } from "./src/chain/side.ts";
export { connectControl } from "./src/io/control_client.ts";
export { type AreaNode, ListenError, type NodeListener } from "./src/io/open_node.ts";
export { KnownPeersError } from "./src/io/node_files.ts";
export { type Room, type RoomEventOf, RoomLeftError } from "./src/io/area_room.ts";
export { IdentityError } from "./src/io/pem_file.ts";
export { RoomsFileError } from "./src/io/rooms_file.ts";
export { SocketFileError } from "./src/io/socket_file.ts";
export type { OpenOptions } from "./src/io/open_options.ts";
export {
  type CallOptions,
  type ControlClient,
  ControlClosed,
  ControlError,
  ControlUnreachable,
  type Hello,
} from "./src/control/client.ts";
export {
  type ErrorCode,
  type EventOf,
  type MethodName,
  METHODS,
  type Params,
  type Result,
} from "./src/control/methods.ts";
export { ConfigError } from "./src/config/problem.ts";
export type { InboxMessage } from "./src/controller/node_api.ts";
export type { Notice, NoticeNode } from "./src/controller/notice.ts";
export type { RoomEvent } from "./src/controller/room_api.ts";
export type { Content, Outcome } from "./src/messaging/outcome.ts";
export { describeNotice } from "./src/report/notices.ts";
export { type AddOptions, Cluster, type ClusterOptions } from "./src/sim/cluster.ts";
export { LAN, type NetworkOptions, WAN } from "./src/sim/network.ts";
export type { SimNode } from "./src/sim/sim_node.ts";

/**
 * Starts a node in this process, and waits until it listens. Leave by `close` or `await using`.
 *
 * Wants the permissions to use the network, and to read and write its folder if it has one.
 *
 * @throws {ConfigError} by rejecting, when an option or a setting cannot be used
 * @throws {SyntaxError} by rejecting, when a target is no address
 * @throws {IdentityError} by rejecting, when the key in its folder cannot be used
 * @throws {KnownPeersError} by rejecting, when the peers it knows cannot be read
 * @throws {RoomsFileError} by rejecting, when the names of its rooms cannot be read
 * @throws {SocketFileError} by rejecting, when there can be no control socket: a node may be running in
 *   that folder already
 * @throws {ListenError} by rejecting, when it cannot listen
 */
// deno-lint-ignore require-await -- what settingsOf throws is to reject
export async function openNode(options: OpenOptions = {}): Promise<AreaNode> {
  return open(settingsOf(options), options);
}
