/**
 * The addresses of servers that a command needs. Each comes from an option of its own; those left out are
 * asked for where somebody sits at a terminal, and are otherwise named all at once.
 */

import { type Address, formatAddress, parseAddress, splitAddress } from "../base/address.ts";
import type { Arguments, ServerOption } from "./arguments.ts";
import { aborted } from "./aborted.ts";
import type { Host, Lines } from "./host.ts";
import { UsageError } from "./usage_error.ts";

/** One address that is needed. */
export interface WantedAddress {
  option: ServerOption;
  /** What people are asked, without a question mark. */
  question: string;
  /** What an empty answer means. */
  usual: string;
  /** Whether port 0 may be said, for any that is free. */
  isOurs: boolean;
}

/** As many as there are servers. */
type Three<T> = readonly [T, T, T];

/**
 * The addresses, in the order in which they are wanted.
 *
 * @throws {UsageError} by rejecting, when one cannot be read, or is missing and nobody can be asked
 */
export async function serverAddresses(
  wanted: Three<WantedAddress>,
  { servers }: Arguments,
  host: Host,
): Promise<Three<Address>> {
  const given = new Map<WantedAddress, Address>();
  for (const each of wanted) {
    const text = servers.get(each.option);
    if (text !== undefined) given.set(each, readAddress(text, each, `Option --${each.option}`));
  }
  const missing = wanted.filter((each) => !given.has(each));
  using lines = missing.length === 0
    ? undefined
    : await host.openLines({ prompt: "> ", complete: completeNothing });
  const addressOf = async (each: WantedAddress) => {
    const address = given.get(each) ?? (lines?.isTerminal ? await ask(each, lines) : undefined);
    if (address === undefined) throw missingOptions(missing);
    return address;
  };
  const [first, second, third] = wanted;
  return [await addressOf(first), await addressOf(second), await addressOf(third)];
}

/** Asks until there is an answer of use; undefined when there are no more. */
async function ask(wanted: WantedAddress, lines: Lines): Promise<Address | undefined> {
  lines.out(`${wanted.question}? Enter alone: ${wanted.usual}\n`);
  using interruption = lines.interruption();
  const interrupted = aborted(interruption.signal);
  for (;;) {
    const line = await Promise.race([lines.next(), interrupted]);
    if (line === undefined) return undefined;
    try {
      return readAddress(line.trim() || wanted.usual, wanted, "It");
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      lines.err(`${error.message}\n`);
    }
  }
}

function readAddress(text: string, { isOurs }: WantedAddress, what: string): Address {
  try {
    // Port 0 is no address that anybody could be reached at, and so none to the parser.
    const isAnyPort = isOurs && /:0+$/.test(text);
    if (!isAnyPort) return parseAddress(text);
    const { host } = splitAddress(parseAddress(text.replace(/0+$/, "1")));
    return formatAddress({ host, port: 0 });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(`${what} cannot be used: ${error.message}`);
  }
}

function missingOptions(missing: readonly WantedAddress[]): UsageError {
  const options = missing.map(({ option }) => `--${option} ADDRESS`);
  const [last, ...before] = options.reverse();
  const all = before.length === 0 ? last : `${before.reverse().join(", ")} and ${last}`;
  return new UsageError(
    `Missing ${all}, wanted as in --${missing[0]?.option} ${missing[0]?.usual}`,
  );
}

function completeNothing() {
  return Promise.resolve({ stem: "", candidates: [] });
}
