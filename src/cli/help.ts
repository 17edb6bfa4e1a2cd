import { type Option, OPTIONS } from "./arguments.ts";
import { COMMANDS, usage } from "./commands.ts";
import { EXIT } from "./exit_code.ts";
import { formatTable } from "./table.ts";

/** What `--help` prints. */
export function helpText(): string {
  return `A node of a peer-to-peer network that you can see into

Usage: area-net [options] [command]

Commands:
${formatTable(COMMANDS.map((command) => [usage(command) || "(none)", command.help]), INDENT)}
Options:
${formatTable(OPTIONS.map(({ help, ...option }) => [spelling(option), help]), INDENT)}
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
] as const;

function spelling({ name, short, value = "" }: Omit<Option, "help">): string {
  const long = `--${name} ${value}`.trimEnd();
  return short === undefined ? `    ${long}` : `-${short}, ${long}`;
}
