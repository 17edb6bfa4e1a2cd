import { aborted } from "../aborted.ts";
import type { Command } from "../command.ts";
import { EXIT } from "../exit_code.ts";
import { serverAddresses, type WantedAddress } from "../server_addresses.ts";

/** `area-net rendezvous`: the servers that members of a line find each other by. */
export const rendezvous: Command = {
  name: "rendezvous",
  help: "run the chain, repair and echo servers, which lines are made and mended by",
  options: ["chain-addr", "dis-addr", "echo-addr", "private"],
  async run(args, host) {
    const [chain, repair, echo] = await serverAddresses(WANTED, args, host);
    using interruption = host.interruption();
    await using servers = await host.openRendezvous({
      chain,
      repair,
      echo,
      ...(args.allowsPrivate !== undefined && { allowsPrivate: args.allowsPrivate }),
    });
    host.out(
      `The chain server listens on ${servers.chain} (TCP)\n` +
        `The repair server listens on ${servers.repair} (TCP)\n` +
        `The echo server listens on ${servers.echo} (UDP)\n`,
    );
    await aborted(interruption.signal);
    return EXIT.fine;
  },
};

const WANTED: readonly [WantedAddress, WantedAddress, WantedAddress] = [
  {
    option: "chain-addr",
    question: "Where is the chain server to listen",
    usual: "127.0.0.1:8081",
    isOurs: true,
  },
  {
    option: "dis-addr",
    question: "Where is the repair server to listen",
    usual: "127.0.0.1:8080",
    isOurs: true,
  },
  {
    option: "echo-addr",
    question: "Where is the echo server to listen",
    usual: "127.0.0.1:8082",
    isOurs: true,
  },
];
