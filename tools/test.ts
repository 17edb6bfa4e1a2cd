/**
 * The task `test`. Runs the tests in two groups: those of the edges with the permission set `test`,
 * all others with no permission at all, so that a core that touches the world fails its tests.
 *
 * Folders and files narrow the run, options go to `deno test` as they are:
 * `deno task test tests/wire --filter=frame`. Each group leaves a JUnit report in `.reports/`.
 */

/** Folders and files of `tests/` that touch the real world: disk, sockets, other programs. */
export const EDGES = [
  "bench",
  "browser",
  "io",
  "processes",
  "report/d2_compiles_test.ts",
  "repository",
  "std",
  "tools",
  "web",
];

/** One run of `deno test`. */
export interface Group {
  name: "core" | "edges";
  args: string[];
}

/** The runs that the given arguments ask for. */
export function groups(args: readonly string[]): Group[] {
  const paths = args.filter(isPath).map((path) => path.replace(/^\.\//, ""));
  const options = args.filter((arg) => !isPath(arg));
  const edge = new RegExp(`^tests/(${EDGES.join("|")})(/|$)`);
  const all = paths.length === 0 || paths.some((path) => /^tests\/?$/.test(path));
  // A pattern rather than the folder: of one that holds a workspace member Deno runs that member alone.
  const core = all ? ["tests/**/*_test.ts"] : paths.filter((path) => !edge.test(path));
  const edges = all
    ? EDGES.map((edge) => `tests/${edge}` + (edge.endsWith(".ts") ? "" : "/**/*_test.ts"))
    : paths.filter((path) => edge.test(path));
  const ignored = EDGES.map((edge) => `tests/${edge}`).join();
  const runs: Group[] = [
    // Nothing in the core can get in another one's way: its files run on all processors.
    {
      name: "core",
      args: ["--no-prompt", "--parallel", `--ignore=${ignored}`, ...options, ...core],
    },
    { name: "edges", args: ["-P=test", ...options, ...edges] },
  ];
  return runs.filter(({ name }) => (name === "core" ? core : edges).length > 0);
}

function isPath(arg: string): boolean {
  return /^(\.\/)?tests(\/|$)/.test(arg);
}

/** Runs one group to its end; whether all went well. */
async function run({ name, args }: Group): Promise<boolean> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "-q",
      "--permit-no-files",
      "--import-map=.imports.json",
      `--junit-path=.reports/${name}.xml`,
      ...args,
    ],
    stdin: "null",
  }).spawn();
  return (await child.status).success;
}

/**
 * The folders of test files of which no report knows: a run that finds fewer files than there are looks
 * as good as one that finds them all. Single files cannot be told, since a report names the file in
 * which a test is written, and some are written in a helper.
 *
 * @param files as in `tests/wire/frame_test.ts`
 * @param reports the texts of JUnit reports
 */
export function unreported(files: readonly string[], reports: readonly string[]): string[] {
  const suites = reports.flatMap((xml) => [...xml.matchAll(/<testsuite name="\.\/([^"]*)"/g)]);
  const reported = new Set(suites.map(([, file = ""]) => folderOf(file)));
  return [...new Set(files.map(folderOf))].filter((folder) => !reported.has(folder)).sort();
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/"));
}

async function* testFiles(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* testFiles(`${folder}/${name}`);
    else if (name.endsWith("_test.ts")) yield `${folder}/${name}`;
  }
}

/** Says in which folders no test ran, though all should have; whether there are none. */
async function allRan(): Promise<boolean> {
  const reports = ["core", "edges"].map((name) => Deno.readTextFileSync(`.reports/${name}.xml`));
  const missing = unreported(await Array.fromAsync(testFiles("tests")), reports);
  for (const folder of missing) {
    console.error(`No test of ${folder} ran: see how tools/test.ts finds it`);
  }
  return missing.length === 0;
}

if (import.meta.main) {
  await Deno.remove(".reports", { recursive: true }).catch(() => {});
  await Deno.mkdir(".reports");
  let good = true;
  for (const group of groups(Deno.args)) good = await run(group) && good;
  if (Deno.args.length === 0) good = await allRan() && good;
  if (!good) Deno.exit(1);
}
