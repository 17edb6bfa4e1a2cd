/** Reports: what a node knows, put into texts. Pure. */

export { type D2Options, peersD2 } from "./d2.ts";
export { describeNotice, type Description, type Level } from "./notices.ts";
export { peersJson } from "./peers_json.ts";
export { Reporter } from "./reporter.ts";
export { type Named, nodeLabel, nodeName, visible } from "./visible.ts";
export { type Report, type ReportSettings, ReportWriter } from "./writer.ts";
