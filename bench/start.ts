/** From the command to a node that listens, in a process of its own. */

import { median, type Row } from "./measure.ts";

const ROOT = new URL("../", import.meta.url);
const RUNS = 7;

/** Median over several starts, in a folder of their own and on a free port. */
export async function startRows(): Promise<Row[]> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/targets.json`, "[]");
    const times: number[] = [];
    for (let run = 0; run <= RUNS; run++) times.push(await startOnce(folder));
    // The first one pays for the compilation of the code, which is kept afterwards.
    const [first = NaN, ...later] = times;
    return [
      { what: "Start to listening, first time", value: first, unit: "ms" },
      { what: `Start to listening, median of ${RUNS}`, value: median(later), unit: "ms" },
    ];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Milliseconds until the node said where it listens. */
async function startOnce(folder: string): Promise<number> {
  const begin = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-q",
      "-A",
      "--no-lock",
      "--import-map=.imports.json",
      "main.ts",
      ...settings(folder),
    ],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let elapsedMs: number | undefined;
  let said = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    said += text;
    if (elapsedMs !== undefined || !said.includes(" listens on ")) continue;
    elapsedMs = performance.now() - begin;
    child.kill("SIGTERM");
  }
  const { code } = await child.status;
  if (elapsedMs === undefined) throw new Error(`The node ended with ${code} and said: ${said}`);
  return elapsedMs;
}

/** A node without a profile that listens anywhere and dials nobody. */
function settings(folder: string): string[] {
  const values = {
    "target.file": `${folder}/targets.json`,
    "listen.addr": "::1",
    "listen.port": "0",
  };
  return Object.entries(values).flatMap(([key, value]) => [
    "-s",
    `network.controller.${key}=${value}`,
  ]);
}
