/**
 * Lint rules that keep the core pure. A node decides by what it is told and by nothing else, so the
 * same events give the same run, on any machine and at any time. The simulator repeats a run from
 * its seed, so clocks, chance and timers are forbidden there too.
 *
 * They see what the type check of the core (`tools/core.deno.json`) cannot: `Date`, `Math.random`,
 * promises and `await` belong to the language itself. What an alias hides from them is meant to be
 * found by that check or by a reader; they guard against slips, not against malice.
 */

/** Folders of `src/` that are not core. */
const EDGES = ["io", "cli", "sim", "web"];

/** Names that belong to the world outside, and what the core uses instead. */
const FORBIDDEN_GLOBALS: Record<string, string> = {
  Deno: "ask for it through a port of src/base/ports.ts that src/io fills",
  Temporal: "take `now: Instant` as an argument",
  console: "report a notice, which the edges put into words",
  globalThis: "take what you need as an argument",
  performance: "take `now: Instant` as an argument",
  process: "ask for it through a port of src/base/ports.ts that src/io fills",
};

/** Functions that act later. */
const TIMERS = [
  "clearInterval",
  "clearTimeout",
  "queueMicrotask",
  "setImmediate",
  "setInterval",
  "setTimeout",
];

const CLOCK = "take `now: Instant` as an argument";
const CHANCE = "draw from the Random port";
const TIMER = "say when to be woken; the driver calls back";
const WAITING = "return an effect or take a callback: the core never waits";

/** Whether a file belongs to the core. */
export function isCore(file: string): boolean {
  const folder = folderOf(file);
  return folder !== undefined && !EDGES.includes(folder);
}

/** Whether what a file does must be repeated exactly by running it again. */
function isRepeatable(file: string): boolean {
  return folderOf(file) === "sim" || isCore(file);
}

const plugin: Deno.lint.Plugin = {
  name: "purity",
  rules: {
    "no-clock": rule(isRepeatable, (forbid) => ({
      MemberExpression(node) {
        if (isMember(node, "Date", "now")) forbid(node, "Date.now", CLOCK);
      },
      NewExpression(node) {
        if (isNamed(node.callee, "Date") && node.arguments.length === 0) {
          forbid(node, "new Date()", CLOCK);
        }
      },
      CallExpression(node) {
        if (isNamed(node.callee, "Date")) forbid(node, "Date()", CLOCK);
      },
      VariableDeclarator(node) {
        if (node.init && isNamed(node.init, "Date")) forbid(node, "an alias of Date", CLOCK);
      },
    })),
    "no-chance": rule(isRepeatable, (forbid) => ({
      MemberExpression(node) {
        if (isMember(node, "Math", "random")) forbid(node, "Math.random", CHANCE);
      },
      VariableDeclarator(node) {
        if (node.init && isNamed(node.init, "Math")) forbid(node, "an alias of Math", CHANCE);
      },
    })),
    "no-timer": rule(isRepeatable, (forbid) => ({
      CallExpression(node) {
        const { callee } = node;
        if (callee.type === "Identifier" && TIMERS.includes(callee.name)) {
          forbid(node, callee.name, TIMER);
        }
      },
    })),
    "no-world": rule(isCore, (forbid) => ({
      MemberExpression({ object }) {
        if (object.type !== "Identifier") return;
        const instead = Object.hasOwn(FORBIDDEN_GLOBALS, object.name) &&
          FORBIDDEN_GLOBALS[object.name];
        if (instead) forbid(object, object.name, instead);
      },
    })),
    "no-waiting": rule(isCore, (forbid) => ({
      AwaitExpression(node) {
        forbid(node, "await", WAITING);
      },
      ForOfStatement(node) {
        if (node.await) forbid(node, "for await", WAITING);
      },
      FunctionDeclaration(node) {
        if (node.async) forbid(node, "async", WAITING);
      },
      FunctionExpression(node) {
        if (node.async) forbid(node, "async", WAITING);
      },
      ArrowFunctionExpression(node) {
        if (node.async) forbid(node, "async", WAITING);
      },
      NewExpression(node) {
        if (isNamed(node.callee, "Promise")) forbid(node, "new Promise", WAITING);
      },
      MemberExpression(node) {
        if (isNamed(node.object, "Promise")) forbid(node, "Promise", WAITING);
      },
    })),
  },
};

export default plugin;

type Forbid = (node: Deno.lint.Node, what: string, instead: string) => void;

/** A rule that holds in some files alone. */
function rule(
  holdsIn: (file: string) => boolean,
  visit: (forbid: Forbid) => Deno.lint.LintVisitor,
): Deno.lint.Rule {
  return {
    create(context) {
      if (!holdsIn(context.filename)) return {};
      return visit((node, what, instead) =>
        context.report({
          node,
          message: `This part of the house must not use ${what}`,
          hint: `Instead, ${instead}`,
        })
      );
    },
  };
}

/** The folder of `src/` that a file is in. */
function folderOf(file: string): string | undefined {
  return /(?:^|\/)src\/([^/]+)\//.exec(file.replaceAll("\\", "/"))?.[1];
}

function isNamed(node: Deno.lint.Node, name: string): boolean {
  return node.type === "Identifier" && node.name === name;
}

/** `object.property` or `object["property"]`. */
function isMember(node: Deno.lint.MemberExpression, object: string, property: string): boolean {
  if (!isNamed(node.object, object)) return false;
  return node.computed
    ? node.property.type === "Literal" && node.property.value === property
    : isNamed(node.property, property);
}
