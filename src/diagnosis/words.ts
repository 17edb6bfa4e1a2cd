/** Fills what is known into the templates of the table. */

import type { Address } from "../base/address.ts";
import type { Ending, Failure } from "./facts.ts";

/** What a template may ask for. Where a word is missing, its stand-in is shown. */
export interface Words {
  program: string;
  self: string;
  /** An address of this node, for a command that is given elsewhere. */
  own?: string | undefined;
  id?: string | undefined;
  /** Where it can be dialled; as `target` in a command. */
  address?: Address | undefined;
  target?: string | undefined;
  /** Where something happened: where it was dialled, or where it called from. */
  where?: string | undefined;
  expected?: string | undefined;
  met?: string | undefined;
  via?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
  /** Begins with a space or a comma, for it may be missing. */
  detail?: string | undefined;
  next?: string | undefined;
}

/** What people are shown in the place of a word that is missing. */
const MISSING: Readonly<Record<string, string>> = {
  id: "ID",
  own: "ADDRESS, with the address of this node",
  address: "its address",
  target: "ADDRESS",
  where: "its address",
  expected: "another one",
  met: "an unknown one",
  via: "other nodes",
  since: "a time not remembered",
  until: "further notice",
};

/** The text of a template. What is filled in is never looked at again for braces. */
export function fill(template: string, words: Words): string {
  const known = new Map(Object.entries(words));
  return template.replace(
    /\{(\w+)\}/g,
    (_, name: string) => known.get(name) ?? MISSING[name] ?? "",
  );
}

/** The details of a failure as they end a clause: what the other side said is shown as its words. */
export function detailOf({ reason }: Failure): string {
  const detail = detailIn(reason);
  if (detail === "") return "";
  const isTheirs = "by" in reason && reason.by === "them";
  return isTheirs ? `, it says: “${detail}”` : ` (${detail})`;
}

function detailIn(reason: Ending): string {
  if (reason.type === "connection") return reason.error?.detail ?? "it ended without a word";
  return "detail" in reason ? reason.detail : "";
}

/** An address as a shell takes it: brackets may stand for files. */
export function shellAddress(address: Address): string {
  return address.startsWith("[") ? `'${address}'` : address;
}

/** A point in time for people, by UTC. */
export function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
