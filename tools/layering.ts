/**
 * Who may import whom: the arrows of the design, checked on the module graph that `deno info --json`
 * prints. Type imports count too, for a type is as much a dependency as a function.
 */

/** The parts that decide without touching the world. */
const CORE = [
  "base",
  "chain",
  "config",
  "control",
  "controller",
  "dht",
  "diagnosis",
  "dialer",
  "identity",
  "messaging",
  "report",
  "rooms",
  "session",
  "topology",
  "wire",
];

/** What each part may import besides itself: other parts, single files of theirs, or folders. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  base: [],
  wire: ["base"],
  identity: ["base", "wire"],
  session: ["base", "wire", "identity/hkdf.ts"],
  diagnosis: ["base", "session/close_reason.ts", "wire"],
  dialer: ["base"],
  topology: ["base", "identity", "wire"],
  messaging: ["base", "identity", "topology", "wire"],
  dht: ["base", "wire"],
  rooms: ["base", "dht", "identity", "messaging", "topology", "wire"],
  chain: ["base", "wire"],
  config: ["base", "deno.json"],
  controller: [
    "base",
    "config",
    "dht",
    "diagnosis",
    "dialer",
    "identity",
    "messaging",
    "rooms",
    "session",
    "topology",
    "wire",
  ],
  control: [
    "base",
    "chain",
    "config",
    "controller",
    "diagnosis",
    "messaging/outcome.ts",
    "report",
    "rooms/room_name.ts",
    "wire/limits.ts",
  ],
  report: ["base", "controller/notice.ts", "controller/snapshot.ts"],
  io: [...CORE, "cli/host.ts", "web/map_page.json", "web/rooms_page.json"],
  sim: CORE,
  web: [...CORE, "io/clock.ts"],
  cli: [...CORE, "web"],
  "main.ts": ["cli", "io"],
  "mod.ts": [...CORE, "io", "sim"],
};

/** What a part may import by `await import()` alone, so that a start does not pay for it. */
const MAY_IMPORT_LAZILY: Record<string, readonly string[]> = { cli: ["sim"] };

/** Who may import each package from outside. One that is not listed is welcome nowhere. */
const PACKAGE_USERS: Record<string, readonly string[]> = {
  "@noble/*": ["web/node/"],
  "@std/cli": ["cli"],
  "@std/log": ["io/log.ts"],
  "@std/streams": ["cli", "io"],
  "@std/toml": ["config"],
  "cbor-x/encode": ["wire"],
  "d3-force": ["web/map/layout.ts"],
  "node:*": ["io"],
  "toml-eslint-parser": ["config"],
  "zod": ["config", "control", "web/node/no_eval.ts"],
};

/** Packages that are welcome together: all whose names begin so. */
const FAMILIES = ["@noble/", "node:"];

/** The parts of `deno info --json` that matter here. */
export interface ModuleGraph {
  modules: readonly {
    /** A URL. */
    specifier: string;
    dependencies?: readonly Dependency[];
  }[];
}

interface Dependency {
  /** As the import writes it. */
  specifier: string;
  isDynamic?: boolean;
  code?: { specifier?: string };
  type?: { specifier?: string };
}

/**
 * Every forbidden import, as a sentence that says what to do.
 *
 * @param root the repository's folder as a URL that ends in "/"
 */
export function violations(graph: ModuleGraph, root: string): string[] {
  return graph.modules.flatMap(({ specifier, dependencies = [] }) => {
    if (!specifier.startsWith(root)) return [];
    const file = specifier.slice(root.length);
    if (!/^(src\/|main\.ts$|mod\.ts$)/.test(file)) return [];
    return dependencies.flatMap((dependency) => judge(file, dependency, root) ?? []);
  });
}

function judge(file: string, dependency: Dependency, root: string): string | undefined {
  const from = place(file);
  if (!Object.hasOwn(MAY_IMPORT, from.part)) {
    return `${file} is in no known part of the house: put it into one, or list ` +
      `"${from.part}" in MAY_IMPORT of tools/layering.ts and in the design`;
  }
  const target = dependency.code?.specifier ?? dependency.type?.specifier;
  const isLocal = /^(\.|\/|file:)/.test(dependency.specifier);
  if (!isLocal) return judgePackage(file, dependency.specifier);
  if (!target?.startsWith(root)) {
    return `${file} imports ${dependency.specifier}, which is outside of the repository`;
  }
  return judgePart(file, target.slice(root.length), dependency.isDynamic ?? false);
}

function judgePart(file: string, target: string, lazily: boolean): string | undefined {
  const from = place(file);
  const to = place(target);
  if (from.part === to.part) return undefined;
  const allowed = MAY_IMPORT[from.part] ?? [];
  const allowedLazily = MAY_IMPORT_LAZILY[from.part] ?? [];
  if (includes(allowed, to) || (lazily && includes(allowedLazily, to))) return undefined;
  if (includes(allowedLazily, to)) {
    return `${file} imports ${target} at once: ${from.part} may do so by await import() alone`;
  }
  return `${file} imports ${target}, but ${from.part} may import ${list(allowed)} and itself: ` +
    `move what both need down, or take it as an argument`;
}

function judgePackage(file: string, name: string): string | undefined {
  const family = FAMILIES.find((each) => name.startsWith(each));
  const entry = family === undefined ? name : `${family}*`;
  const users = Object.hasOwn(PACKAGE_USERS, entry) ? PACKAGE_USERS[entry] ?? [] : [];
  if (includes(users, place(file))) return undefined;
  if (users.length > 0) {
    return `${file} imports ${name}, but only ${list(users)} may: ask for it through a port`;
  }
  return `${file} imports ${name}, which nothing may: use a known package, or list it in ` +
    `PACKAGE_USERS of tools/layering.ts and say why in the commit`;
}

/** Where a file lives: its part, and its path as the tables write it. */
interface Place {
  part: string;
  path: string;
}

/** `src/wire/frame.ts` is `wire/frame.ts` in the part `wire`; other files are parts by themselves. */
function place(file: string): Place {
  if (!file.startsWith("src/")) return { part: file, path: file };
  const path = file.slice("src/".length);
  return { part: path.split("/")[0] ?? path, path };
}

function includes(entries: readonly string[], { part, path }: Place): boolean {
  return entries.some((entry) =>
    entry.endsWith("/") ? path.startsWith(entry) : entry === part || entry === path
  );
}

function list(entries: readonly string[]): string {
  return entries.join(", ") || "nothing";
}
