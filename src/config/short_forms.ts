/**
 * Short forms: options of the command line that stand for one setting each, so that a node can be
 * started and joined to others in one line. They override every other layer.
 *
 * Two things go without saying where they are given. Whoever names a node to connect to needs no
 * target file, and whoever asks for slow heartbeats has patience with them. What goes without
 * saying overrides the default layer alone: where a profile or `-s` says otherwise, it holds.
 */

import type { Value } from "./fields.ts";
import { KEYS } from "./keys.ts";
import type { Entry, Layer, Origin } from "./layer.ts";
import type { Config } from "./schema.ts";

/** One short form. */
export interface ShortForm {
  /** Without its dashes. */
  name: string;
  /** What its value stands for. */
  value: string;
  /** The setting that it stands for. One that holds a list takes every value given. */
  key: string;
  help: string;
}

/** Every short form. */
export const SHORT_FORMS: readonly ShortForm[] = [
  {
    name: "port",
    value: "PORT",
    key: "network.controller.listen.port",
    help: "TCP port to listen at",
  },
  {
    name: "connect",
    value: "ADDRESS",
    key: "network.controller.target.addrs",
    help: "join the node at [addr]:port or host:port; may be given many times",
  },
  {
    name: "key",
    value: "FILE",
    key: "network.controller.identity.key",
    help: "private key of this node, in PEM",
  },
  {
    name: "cert",
    value: "FILE",
    key: "network.controller.identity.cert",
    help: "certificate that goes with --key, in PEM",
  },
  {
    name: "period",
    value: "SECONDS",
    key: "network.controller.peers.heartbeat_period",
    help: "time between two heartbeats on a link",
  },
];

/** The short forms that were given, by name, each with its values in order, at least one. */
export type GivenForms = ReadonlyMap<string, readonly string[]>;

/** The layer of the short forms, above all others. */
export function readShortForms(given: GivenForms): Layer {
  const entries = SHORT_FORMS.flatMap(({ name, key }): Entry[] => {
    const values = given.get(name);
    if (values === undefined) return [];
    return [{ key, value: valueOf(values, KEYS.get(key)?.initial), origin: originOf(name) }];
  });
  return { entries, problems: [] };
}

/**
 * The layer of what goes without saying, right above the default layer.
 *
 * @param below what the default layer says
 * @param isAlone whether the node runs without any configuration files
 */
export function readImplied(given: GivenForms, below: Config, isAlone: boolean): Layer {
  const entries: Entry[] = [];
  const [first] = given.keys();
  const freed = given.has("connect") ? "connect" : isAlone ? first : undefined;
  if (freed !== undefined) {
    entries.push({ key: "network.controller.target.file", value: "", origin: originOf(freed) });
  }
  const patience = PERIODS_OF_PATIENCE * Number(given.get("period")?.at(-1));
  if (patience > below.network.controller.peers.heartbeat_timeout) {
    const key = "network.controller.peers.heartbeat_timeout";
    entries.push({ key, value: patience, origin: originOf("period") });
  }
  return { entries, problems: [] };
}

/** As many as the built-in timeout holds: one lost heartbeat, or three, are no loss of a link. */
const PERIODS_OF_PATIENCE = 5;

function originOf(name: string): Origin {
  return { layer: "command line", option: `--${name}` };
}

/** What is no number where one is wanted stays a text, to be refused by its key. */
function valueOf(values: readonly string[], initial: Value | undefined): Value {
  if (typeof initial === "object") return values;
  const last = values.at(-1) ?? "";
  return typeof initial === "number" && /^\d+(\.\d+)?$/.test(last) ? Number(last) : last;
}
