import type { Result } from "../../control/methods.ts";
import { visible } from "../../report/visible.ts";
import { EXIT } from "../exit_code.ts";
import { formatCount, formatTime } from "../format.ts";
import { nameOf, pathText } from "../names.ts";
import { nodeCommand } from "../node_command.ts";
import { formatTable } from "../table.ts";

type Diagnosis = Result<"why">;
type AddressDiagnosis = Diagnosis["addresses"][number];

/** `area-net why`: whether a peer is up, and if not, at which stage it fails and what to do. */
export const why = nodeCommand({
  name: "why",
  parameters: ["PEER"],
  help: "tell whether a peer or an address is up, and if not, why, and what to do",
  params: ({ words: [peer = ""] }) => ({ peer }),
  text: (result) => headline(result) + details(result) + adviceOf(result),
  exitCode: ({ up }) => up ? EXIT.fine : EXIT.notDone,
});

/** The whole answer in one line, for those who read no further. */
function headline(result: Diagnosis): string {
  const { code, up, message } = result;
  const cause = `(${visible(code)})`;
  if (code === "unknown" && result.peer.addr === null && result.peer.id === null) {
    return `${visible(message)} ${cause}\n`;
  }
  return `${subject(result)} ${state(code, up)}: ${visible(lower(message))} ${cause}\n`;
}

function subject({ peer: { id, label, addr } }: Diagnosis): string {
  const at = addr === null ? "" : visible(addr);
  if (id === null) return at || visible(label ?? "");
  const name = nameOf({ id, label: label ?? "" });
  return at === "" ? name : `${name} at ${at}`;
}

function state(code: string, up: boolean): string {
  if (code === "unknown") return "is unknown";
  if (!up) return "is down";
  return UP.includes(code) ? "is up" : "is up, but not linked with this node";
}

/** Codes with which nothing is wrong. */
const UP = ["up", "up-through", "self"];

function details(result: Diagnosis): string {
  const { stage, addresses, last_up: lastUp, heard, linked_by: linkedBy, path } = result;
  const rows = [
    ["stage", visible(stage)],
    ...addresses.map((each) => ["address", addressText(each)]),
    ["last up", lastUp === null ? "never, as far as is remembered" : timeText(lastUp)],
    ...(heard === null ? [] : [[heard.left ? "goodbye" : "last heard of", timeText(heard.at)]]),
    ...(linkedBy.length === 0 ? [] : [["linked by", linkedBy.map(nameOf).join(", ")]]),
    ...(path === null ? [] : [["path", pathText(path)]]),
  ];
  return formatTable(rows, INDENT);
}

const INDENT = 2;

function addressText(each: AddressDiagnosis): string {
  const { addr, code, message, at, attempts, next_at: nextAt } = each;
  return [
    visible(addr),
    ...(code === null ? [] : [`${visible(lower(message ?? ""))} (${visible(code)})`]),
    ...(at === null ? [] : [`tried at ${timeText(at)}`]),
    ...(attempts === 0 ? [] : [`${formatCount(attempts, "failure")} in a row`]),
    ...(nextAt === null ? [] : [`next attempt at ${timeText(nextAt)}`]),
  ].join(", ");
}

function adviceOf({ advice }: Diagnosis): string {
  return advice === null ? "" : `Do: ${visible(advice)}\n`;
}

/** A sentence as a clause: those of a node begin with a word that is no name. */
function lower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

function timeText(ms: number): string {
  return `${formatTime(ms)} UTC`;
}
