import { COMMANDS } from "./commands.ts";
import { EXIT } from "./exit_code.ts";
import { takersOf, usage } from "./find_command.ts";
import { COMMAND_OPTIONS, type Option, OPTIONS } from "./options.ts";
import { formatTable } from "./table.ts";

/** What `--help` prints. */
export function helpText(): string {
  return `A node of a peer-to-peer network that you can see into

Usage: area-net [options] [command]

Commands:
${formatTable(COMMANDS.map((command) => [usage(command) || "(none)", command.help]), INDENT)}
Options:
${formatTable(OPTIONS.map((option) => [spelling(option), helpOf(option)]), INDENT)}
Two nodes, joined without any files:

  area-net --port 8080
  area-net --port 8081 --connect '[::1]:8080'

Settings come from network/default.toml, then network/PROFILE.toml, then -s, then the short forms
--port, --connect, --key, --cert and --period; each overrides those before it. VALUE is TOML; quotes
may be left out where the setting holds a text:

  area-net -p bob -s network.controller.d2=true -s label=Robert
  area-net -p bob -s 'network.controller.target.addrs=["[::1]:8090"]'

With --connect the target file of the default layer is left alone. --period raises heartbeat_timeout
to five periods, unless the profile or -s sets it.

Talking to a running node, by its control socket (network.controller.control.socket):

  area-net -p bob status
  area-net -p bob send erin hello there
  area-net -p bob send erin --trace -- --text that begins with a dash
  area-net -p bob send erin < message.txt
  area-net -p bob room join kitchen
  area-net -p bob room say kitchen tea is ready
  area-net -p bob console

PEER is the label of a node, its id, or the beginning of one. At most 1 MiB goes into one message.
NAME is that of a room, which is its passphrase too: 3 characters or more.

The commands known and identity work on the files beside the target file. A running node takes changes
of known_peers.json up at its next dump; after identity rotate it must be restarted.

Exit codes:
${formatTable(EXIT_CODES, INDENT)}`;
}

const INDENT = 2;

const EXIT_CODES = [
  [`${EXIT.fine}`, "all went well"],
  [`${EXIT.trouble}`, "trouble at start or while running"],
  [`${EXIT.badInput}`, "bad configuration or command line"],
  [`${EXIT.noNode}`, "no node answers: it is stopped, the socket is wrong, or the version is"],
  [
    `${EXIT.notDone}`,
    "the node answered, and it could not be done: unknown or ambiguous peer, no route, timed out, " +
    "refused, nobody there, room not joined",
  ],
] as const;

/** Options of few commands say which these are. */
function helpOf({ name, help }: Option): string {
  const own = COMMAND_OPTIONS.find((option) => option.name === name);
  const takers = own === undefined ? [] : takersOf(own.name, COMMANDS);
  return takers.length === 0 || takers.length > FEW ? help : `${takers.join(", ")}: ${help}`;
}

const FEW = 3;

function spelling({ name, short, value = "" }: Option): string {
  const long = `--${name} ${value}`.trimEnd();
  return short === undefined ? `    ${long}` : `-${short}, ${long}`;
}
