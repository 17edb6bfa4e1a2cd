/** Notices in words: one line each, for a log that a person reads. */

import type { Notice } from "../controller/notice.ts";
import { nodeName, visible } from "./visible.ts";

/** How much a notice matters: `debug` detail, `info` news, `warn` trouble outside, `error` trouble here. */
export type Level = "debug" | "info" | "warn" | "error";

/** A notice put into words. */
export interface Description {
  level: Level;
  /** One line, with nothing in it that a terminal would obey, whatever the node's label. */
  text: string;
}

/** The words for a notice. */
export function describeNotice(notice: Notice): Description {
  const { level, text } = describe(notice);
  return { level, text: visible(text) };
}

function describe(notice: Notice): Description {
  switch (notice.type) {
    case "listening":
      return info(`Listening on ${notice.address}`);
    case "link-up": {
      const way = notice.direction === "outgoing" ? "to" : "from";
      return info(`Link ${way} ${nodeName(notice.peer)} at ${notice.address} is up`);
    }
    case "link-down": {
      const level = notice.isFarewell ? "info" : "warn";
      const { peer, address, reason } = notice;
      return { level, text: `Link with ${nodeName(peer)} at ${address} is down: ${reason}` };
    }
    case "dial-failed": {
      const next = `next attempt in ${formatDuration(notice.nextInMs)}`;
      return {
        // A target that is down for a night would fill the log with one and the same line.
        level: notice.repeated ? "debug" : "info",
        text: `No link to ${notice.address}: ${notice.reason} (attempt ${notice.attempt}), ${next}`,
      };
    }
    case "refused":
      return info(`Refused a link from ${notice.address}: ${notice.reason}`);
    case "refused-more":
      return info(`Refused ${notice.count} more ${notice.count === 1 ? "link" : "links"}`);
    case "banned":
      return warn(
        `Banned ${nodeName(notice.peer)} for ${formatDuration(notice.forMs)}: ${notice.reason}`,
      );
    case "node-learnt":
      return info(`Learnt of node ${nodeName(notice.node)}`);
    case "node-lost":
      return warn(`Lost node ${nodeName(notice.node)}: no links lead to it any more`);
    case "node-left":
      return info(`Node ${nodeName(notice.node)} left`);
    case "node-returned":
      return info(`Node ${nodeName(notice.node)} is back`);
    case "node-forgotten":
      return { level: "debug", text: `Forgot node ${nodeName(notice.node)}, gone for long` };
    case "report-failed":
      return {
        level: "error",
        text: `Could not write ${notice.file}: ${notice.reason}; trying again at every dump`,
      };
    case "report-recovered":
      return info(`Writing ${notice.file} works again`);
    case "greeted":
      return info(`Greeting from ${nodeName(notice.node)}`);
    case "map-open":
      return info(`The live map is served at ${notice.address}; page tells how to open it`);
    case "map-failed":
      return {
        level: "error",
        text: `Could not serve the live map at ${notice.address}: ${notice.reason}. ` +
          "Choose another network.controller.map.port or map.addr, and start the node anew",
      };
    case "browsers-open":
      return info(`Browsers find the page of rooms at ${notice.address}`);
    case "browsers-failed":
      return {
        level: "error",
        text: `Could not take browsers at ${notice.address}: ${notice.reason}. Choose another ` +
          "network.controller.browsers.port or browsers.addr, and start the node anew",
      };
    case "leaving":
      return info(`Leaving, closing ${notice.links} ${notice.links === 1 ? "link" : "links"}`);
    default:
      return notice satisfies never;
  }
}

function info(text: string): Description {
  return { level: "info", text };
}

function warn(text: string): Description {
  return { level: "warn", text };
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** A duration as people say it: `2.3 s`, `10 min`, `1.5 h`. */
function formatDuration(ms: number): string {
  if (ms < MINUTE_MS) return `${inUnits(ms, SECOND_MS)} s`;
  if (ms < HOUR_MS) return `${inUnits(ms, MINUTE_MS)} min`;
  return `${inUnits(ms, HOUR_MS)} h`;
}

function inUnits(ms: number, unitMs: number): number {
  return Math.round((ms / unitMs) * 10) / 10;
}
