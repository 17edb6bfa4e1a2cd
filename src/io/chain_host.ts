/** Lines as the command line needs them: servers and members, with what goes wrong told for people. */

import { type Address, splitAddress } from "../base/address.ts";
import type {
  ChainSettings,
  RendezvousSettings,
  RunningMember,
  RunningRendezvous,
} from "../cli/host.ts";
import { HostError } from "../config/host.ts";
import { VERSION } from "../config/version.ts";
import { type ChainApi, ChainSession } from "../control/chain_session.ts";
import type { ChainMember } from "./chain_member.ts";
import { SystemClock } from "./clock.ts";
import { type ControlSocket, openSessionSocket } from "./control_socket.ts";
import { JoinError, openMember } from "./join_chain.ts";
import { ListenError } from "./listen_error.ts";
import { openRendezvous } from "./rendezvous.ts";
import { SocketFileError } from "./socket_file.ts";

/**
 * Opens the three rendezvous servers.
 *
 * @throws {HostError} by rejecting, when one of them cannot listen
 */
export async function openRendezvousOrExplain(
  settings: RendezvousSettings,
): Promise<RunningRendezvous> {
  try {
    return await openRendezvous(settings);
  } catch (error) {
    throw explained(error);
  }
}

/**
 * Makes this process a member of a line, with a control socket.
 *
 * @throws {HostError} by rejecting, when it cannot be one, or when the profile's member runs already
 */
export async function runMember(settings: ChainSettings): Promise<RunningMember> {
  const { chain, repair, echo, label, allowsPrivate } = settings;
  try {
    const member = await openMember({
      chain,
      repair,
      echo,
      label,
      ...(allowsPrivate !== undefined && { allowsPrivate }),
    });
    try {
      // Before it joins: where it runs already, no line is to see it come and go.
      const socket = await openSocket(member, settings);
      member.start();
      return running(member, socket);
    } catch (error) {
      await member.close();
      throw error;
    }
  } catch (error) {
    throw explained(error);
  }
}

/** A member, and the socket at which other programs of the machine talk to it. */
function running(member: ChainMember, socket: ControlSocket | string): RunningMember {
  const isReachable = typeof socket !== "string";
  const ended = isReachable ? member.ended.then(() => socket.close()) : member.ended;
  return {
    socketProblem: isReachable ? undefined : socket,
    ended,
    status: () => member.status(),
    watch: (watcher) => member.watch(watcher),
    watchLine: (watcher) => member.watchLine(watcher),
    leave: () => member.leave(),
    async [Symbol.asyncDispose]() {
      member.leave();
      await ended;
    },
  };
}

/**
 * Opens the member's control socket, or says in one sentence why there is none. Where no profile was
 * chosen that is no reason not to run: several members without one cannot all have the socket.
 *
 * @throws {SocketFileError} by rejecting, when the member of a profile can have none
 */
async function openSocket(
  member: ChainMember,
  { socket, profile }: ChainSettings,
): Promise<ControlSocket | string> {
  const api: ChainApi = {
    status: () => member.status(),
    say: (content, done) => void member.say(content).then(done),
    listen: (listener) => member.listen(listener),
    leave: () => member.leave(),
  };
  const facts = { clock: new SystemClock(), version: VERSION };
  const name = profile === undefined ? "Another chain member" : `${profile}'s chain member`;
  try {
    return await openSessionSocket(socket, (send) => new ChainSession(api, facts, send), name);
  } catch (error) {
    if (profile !== undefined || !(error instanceof SocketFileError)) throw error;
    return `${error.message}. This member runs without a socket: choose a profile with -p to reach it`;
  }
}

/** Errors that say in one line for people what is wrong and what to do. */
function explained(error: unknown): unknown {
  if (error instanceof ListenError) return new HostError("other", explainListening(error));
  const isExplained = error instanceof JoinError || error instanceof SocketFileError;
  return isExplained ? new HostError("other", error.message) : error;
}

function explainListening({ error: { code, detail }, address }: ListenError): string {
  switch (code) {
    case "address-in-use":
      return `Could not listen on ${address}: another program does. Stop it, or choose another port`;
    case "not-permitted":
      return `Could not listen on ${address}: not permitted (${detail}). Choose another port; ` +
        "those below 1024 may be for the administrator alone";
    default:
      return `Could not listen on ${address}: ${detail}. Check that ${hostOf(address)} is an ` +
        "address of this machine";
  }
}

function hostOf(address: Address): string {
  return splitAddress(address).host;
}
