/** Which options there are. */

import { SHORT_FORMS } from "../config/short_forms.ts";

/** One option, for parsing and for the help text. */
export interface Option {
  name: string;
  short?: string;
  /** What its value stands for; absent where it takes none. */
  value?: string;
  help: string;
}

/** Options that say which node is meant, and how it is configured. They go with every command. */
export const NODE_OPTIONS: readonly Option[] = [
  {
    name: "config-dir",
    short: "c",
    value: "DIR",
    help: "folder that holds network/default.toml (default: config)",
  },
  {
    name: "profile",
    short: "p",
    value: "PROFILE",
    help: "also read network/PROFILE.toml in that folder",
  },
  {
    name: "setting",
    short: "s",
    value: "KEY=VALUE",
    help: "override one setting; may be given many times, the last one wins",
  },
  ...SHORT_FORMS.map(({ name, value, help }) => ({ name, value, help })),
];

/** Options that belong to certain commands, which list them. */
export const COMMAND_OPTIONS = [
  { name: "json", help: "print the answer as one line of JSON, and so each event before it" },
  { name: "watch", help: "go on, and print again at each change, until Ctrl-C" },
  { name: "d2", help: "print a diagram in the D2 language, as in peers.d2" },
  { name: "tree", help: "draw a tree of the best paths from this node, in place of tables" },
  { name: "open", help: "serve the page, print its address and open it in a browser" },
  { name: "to", value: "PEER", help: "only to this member; may be given many times" },
  { name: "id", value: "ID", help: "accept this key alone at that address from now on" },
  { name: "trace", help: "also print the nodes that the message passed" },
  {
    name: "timeout",
    value: "TIME",
    help: "how long to wait for receipts or for others, as in 500ms, 5s or 2m (default: 5s)",
  },
  { name: "follow", help: "go on, and print what comes as it does, until Ctrl-C" },
  {
    name: "since",
    value: "TIME",
    help: "no more than this back, as in 30s or 10m (default: all that is kept, at most 60m)",
  },
  { name: "count", short: "n", value: "COUNT", help: "how many round trips (default: 5)" },
  { name: "chain-addr", value: "ADDRESS", help: "where the chain server listens, by TCP" },
  { name: "dis-addr", value: "ADDRESS", help: "where the repair server listens, by TCP" },
  { name: "echo-addr", value: "ADDRESS", help: "where the echo server listens, by UDP" },
  { name: "chain", value: "ADDRESS", help: "the chain server to join a line by" },
  { name: "repair", value: "ADDRESS", help: "the repair server of that line" },
  { name: "echo", value: "ADDRESS", help: "the echo server, which tells this machine its address" },
  {
    name: "private",
    value: "allow|refuse",
    help: "whether neighbours may have private addresses (default: if the server has one)",
  },
] as const satisfies readonly Option[];

/** The name of an option that belongs to certain commands. */
export type CommandOption = typeof COMMAND_OPTIONS[number]["name"];

/** Long options that a single dash may stand before as well, as in the area-net that came before. */
export const SINGLE_DASHED: readonly string[] = ["chain-addr", "dis-addr", "echo-addr"];

/** Options that end the matter. */
const SELF_CONTAINED: readonly Option[] = [
  { name: "help", short: "h", help: "print this text" },
  { name: "version", short: "V", help: "print the version" },
];

/** Every option, in the order of the help text. */
export const OPTIONS: readonly Option[] = [...NODE_OPTIONS, ...COMMAND_OPTIONS, ...SELF_CONTAINED];
