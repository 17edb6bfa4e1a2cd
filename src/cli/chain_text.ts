/** Members of a line and what happens to them, in words that are safe on a terminal. */

import type { LossReason, MemberNotice } from "../chain/member_notice.ts";
import type { MemberStatus } from "../chain/member_status.ts";
import type { Side } from "../chain/side.ts";
import type { ChainMethods } from "../control/chain_methods.ts";
import type { ResultIn } from "../control/method_table.ts";
import { visible } from "../report/visible.ts";
import { formatBytes, formatCount, formatMicros } from "./format.ts";
import { formatTable } from "./table.ts";

/** A member as it is told of. */
interface Named {
  id: string;
  label: string;
}

/** As many characters of an id as people are shown. */
const SHOWN_ID = 8;

/** `alice (1a2b3c4d)`, or the short id alone. */
export function memberName({ id, label }: Named): string {
  const shown = visible(id.slice(0, SHOWN_ID));
  const name = visible(label.trim());
  return name === "" ? shown : `${name} (${shown})`;
}

/** `alice`, or the short id of a member without a label. */
export function memberLabel({ id, label }: Named): string {
  return visible(label.trim()) || visible(id.slice(0, SHOWN_ID));
}

/** The line in one row, this member in brackets. */
export function lineText({ line, position }: Pick<MemberStatus, "line" | "position">): string {
  const names = line.map((entry, at) =>
    at === position ? `[${memberLabel(entry)}]` : memberLabel(entry)
  );
  return `Line of ${line.length}: ${names.join(" – ")}`;
}

/** What happened, in one sentence. */
export function noticeText(notice: MemberNotice): string {
  switch (notice.type) {
    case "address":
      return `The ${notice.socket} is reached at ${notice.address}`;
    case "echo-silent":
      return `The echo server does not answer the ${notice.socket}: it is asked again`;
    case "registered":
      return "Known to the chain server as the end of the line: whoever comes next is put here";
    case "linked": {
      const how = notice.isMended ? "Mended" : "Linked";
      return `${how} at the ${notice.side} with ${
        memberName(notice.neighbour)
      } at ${notice.address}`;
    }
    case "lost":
      return `Lost ${memberName(notice.neighbour)} at the ${notice.side}: ${
        lossText(notice.reason)
      }`;
    case "end":
      return `Nobody is at the ${notice.side}: this is an end of the line`;
    case "rejoining":
      return `Both neighbours are gone: joining again, as member ${visible(notice.id)}`;
    case "server-lost":
      return `The ${notice.server} server cannot be reached: it is tried again`;
    case "server-found":
      return `The ${notice.server} server answers again`;
    case "server-error":
      return `The ${notice.server} server refused: ${visible(notice.reason)}`;
    case "dropped":
      return `${
        formatCount(notice.messages, "message")
      } for the ${notice.side} lost with the neighbour`;
    case "leaving":
      return "Leaving";
    default:
      return notice satisfies never;
  }
}

function lossText(reason: LossReason): string {
  switch (reason) {
    case "silent":
      return "nothing was heard of it";
    case "left":
      return "it left";
    case "fault":
      return "it broke the protocol";
    case "ring":
      return "the line had become a ring";
    default:
      return reason satisfies never;
  }
}

type Status = ResultIn<ChainMethods, "status">;

/** All that is shown of a member. */
export function statusText(status: Status): string {
  const { addresses, phase, line, position, registered } = status;
  const place = line.length === 0 ? "" : `, place ${position + 1} of ${line.length}`;
  return formatTable([
    ["member", memberName(status)],
    ["id", visible(status.id)],
    ["phase", `${visible(phase)}${place}`],
    ["next to come", registered ? "is put behind this member" : "is put elsewhere"],
    ["tail", sideText(status.tail, addresses.tail)],
    ["head", sideText(status.head, addresses.head)],
  ]) + formatTable([
    ["PLACE", "LABEL", "ID"],
    ...line.map((entry, at) => [
      `${at + 1}`,
      visible(entry.label.trim()) || "-",
      `${visible(entry.id.slice(0, SHOWN_ID))}${at === position ? " (this member)" : ""}`,
    ]),
  ]);
}

function sideText(side: Status[Side], own: string | null): string {
  return `${stateText(side)}; reached at ${visible(own ?? "an address not known yet")}`;
}

function stateText(side: Status[Side]): string {
  const { state, neighbour, lost, addr, rtt_us: rttUs, queued_bytes: queued } = side;
  switch (state) {
    case "free":
      return "nobody, an end of the line";
    case "linking":
      return "shakes hands with whoever was introduced";
    case "mending":
      return `looks for whoever is behind ${lost === null ? "the lost one" : memberName(lost)}`;
    case "up":
    case "silent": {
      const who = neighbour === null ? "somebody" : memberName(neighbour);
      const where = addr === null ? "" : ` at ${visible(addr)}`;
      const quiet = state === "silent" ? ", not heard lately" : "";
      const waiting = queued === 0 ? "" : `, ${formatBytes(queued)} under way`;
      return `${who}${where}, ${formatMicros(rttUs)}${quiet}${waiting}`;
    }
    default:
      return state satisfies never;
  }
}
