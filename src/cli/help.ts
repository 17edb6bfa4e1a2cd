import { OPTIONS } from "./arguments.ts";
import { COMMANDS } from "./commands.ts";
import { EXIT } from "./exit_code.ts";

/** What `--help` prints. */
export function helpText(): string {
  return `A node of a peer-to-peer network that you can see into

Usage: area-net [-c DIR] [-p PROFILE] [-s KEY=VALUE]... [command]

Commands:
${table(COMMANDS.map(({ name, help }) => [name || "(none)", help]))}
Options:
${
    table(
      OPTIONS.map(({ name, short, value = "", help }) => [`-${short}, --${name} ${value}`, help]),
    )
  }
Settings come from network/default.toml, then network/PROFILE.toml, then -s; each overrides those
before it. VALUE is TOML; quotes may be left out where the setting holds a text:

  area-net -p bob -s network.controller.d2=true -s label=Robert

Exit codes:
${table(EXIT_CODES)}`;
}

const EXIT_CODES = [
  [`${EXIT.fine}`, "all went well"],
  [`${EXIT.trouble}`, "trouble at start or while running"],
  [`${EXIT.badInput}`, "bad configuration or command line"],
] as const;

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.trimEnd().length));
  return rows.map(([left, right]) => `  ${left.trimEnd().padEnd(width)}  ${right}\n`).join("");
}
