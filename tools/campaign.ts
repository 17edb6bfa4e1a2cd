/**
 * The task `campaign`: as many runs of the campaign as there is patience for, each from a seed of its
 * own: `deno task campaign --seeds 10000 --from 0`. Stops at the first seed that fails, and says how
 * to repeat it.
 */

import { parseArgs } from "@std/cli";
import { runCampaign } from "../tests/scenarios/campaign.ts";

/** How often a long run says how far it is, in seeds. */
const NEWS_EVERY = 100;

/** Which seeds to run. */
export interface Seeds {
  from: number;
  count: number;
}

/**
 * The seeds that the arguments ask for: 1000 from 0, unless they say otherwise.
 *
 * @throws {SyntaxError} when they cannot be understood
 */
export function seedsOf(args: readonly string[]): Seeds {
  const { seeds = "1000", from = "0", _: rest, ...unknown } = parseArgs([...args], {
    string: ["seeds", "from"],
  });
  const [stranger] = [...rest, ...Object.keys(unknown).map((name) => `--${name}`)];
  if (stranger !== undefined) {
    throw new SyntaxError(`Unknown argument ${stranger}, wanted --seeds COUNT or --from SEED`);
  }
  return { count: wholeNumber("seeds", seeds, 1), from: wholeNumber("from", from, 0) };
}

function wholeNumber(name: string, text: string, least: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  if (number >= least && number <= MAX_SEED) return number;
  throw new SyntaxError(`--${name} is "${text}", wanted a whole number, ${least} to ${MAX_SEED}`);
}

const MAX_SEED = 0xffff_ffff;

/** Runs the seeds one after the other; answers with the exit code. */
function main(args: readonly string[]): number {
  try {
    runAll(seedsOf(args));
    return 0;
  } catch (error) {
    console.error((error as Error).message);
    return error instanceof SyntaxError ? 2 : 1;
  }
}

/** @throws {Error} at the first seed that fails, saying how to repeat it */
function runAll({ from, count }: Seeds): void {
  let slowestMs = 0;
  for (let done = 0; done < count; done++) {
    const seed = from + done;
    try {
      slowestMs = Math.max(slowestMs, ...runCampaign(seed).oneMapMs);
    } catch (error) {
      throw new Error(
        `${(error as Error).message}\nRepeat it: deno task campaign --seeds 1 --from ${seed}`,
      );
    }
    if ((done + 1) % NEWS_EVERY === 0 || done + 1 === count) {
      console.log(`${done + 1} of ${count} seeds are good, the slowest map took ${slowestMs} ms`);
    }
  }
}

if (import.meta.main) Deno.exit(main(Deno.args));
