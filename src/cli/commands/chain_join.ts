import type { MemberStatus } from "../../chain/member_status.ts";
import { aborted } from "../aborted.ts";
import { lineText, noticeText } from "../chain_text.ts";
import type { Command } from "../command.ts";
import { EXIT } from "../exit_code.ts";
import { formatTime } from "../format.ts";
import { placeOfMember } from "../reach_chain.ts";
import { serverAddresses, type WantedAddress } from "../server_addresses.ts";

/** `area-net chain join`: a member of a line, until it leaves. */
export const chainJoin: Command = {
  name: "chain join",
  help: "join a line of UDP neighbours, and show it as it changes, until Ctrl-C leaves it",
  options: ["chain", "repair", "echo", "private"],
  async run(args, host) {
    const [chain, repair, echo] = await serverAddresses(WANTED, args, host);
    const { socket, label } = await placeOfMember(args, host);
    using interruption = host.interruption();
    await using member = await host.joinChain({
      chain,
      repair,
      echo,
      label,
      socket,
      ...(args.profile !== undefined && { profile: args.profile }),
      ...(args.allowsPrivate !== undefined && { allowsPrivate: args.allowsPrivate }),
    });
    const tell = (text: string) => host.out(`${formatTime(Date.now())}  ${text}\n`);
    if (member.socketProblem !== undefined) host.err(`${member.socketProblem}\n`);
    tell(`Joining as member ${member.status().id}`);
    member.watch((notice) => tell(noticeText(notice)));
    member.watchLine((status: MemberStatus) => tell(lineText(status)));
    aborted(interruption.signal).then(() => member.leave());
    await member.ended;
    return EXIT.fine;
  },
};

const WANTED: readonly [WantedAddress, WantedAddress, WantedAddress] = [
  {
    option: "chain",
    question: "Where is the chain server",
    usual: "127.0.0.1:8081",
    isOurs: false,
  },
  {
    option: "repair",
    question: "Where is the repair server",
    usual: "127.0.0.1:8080",
    isOurs: false,
  },
  {
    option: "echo",
    question: "Where is the echo server",
    usual: "127.0.0.1:8082",
    isOurs: false,
  },
];
