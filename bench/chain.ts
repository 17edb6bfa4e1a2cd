/**
 * What lines cost, between real processes. Introductions by the chain server, beside a server of bare
 * `node:net` that answers every caller with as many bytes; and messages from one end of a line of eight
 * to the other, beside bare `node:dgram` between two processes. Both of a pair take turns in the same
 * run, and a ratio is the median of the rounds' own ratios.
 */

import { connect } from "node:net";
import { parseAddress, splitAddress } from "../src/base/address.ts";
import { Child, type Received } from "./chain/child.ts";
import { median, type Row } from "./measure.ts";

const ROUNDS = 3;
const MEMBERS = 8;
const MESSAGES_MS = 1_000;

/** Members that join in one round, and how many of them at one moment. */
const NEWCOMERS = 2_000;
const AT_ONCE = 16;

export async function chainRows(): Promise<Row[]> {
  return [...await introductionRows(), ...await messageRows()];
}

async function introductionRows(): Promise<Row[]> {
  await using rendezvous = new Child("servers.ts", "rendezvous");
  await using bare = new Child("servers.ts", "bare");
  const { chain } = JSON.parse(await rendezvous.line());
  const { chain: bareAddress } = JSON.parse(await bare.line());
  // Somebody must be first, to whom nobody can be introduced.
  const first = connect(splitAddress(parseAddress(chain)));
  first.resume();
  first.write(requestOf(0));
  await introductions(chain);
  await introductions(bareAddress);
  const [own, bares] = await rounds(() => introductions(chain), () => introductions(bareAddress));
  first.destroy();
  return [
    { what: "Introductions by the chain server", value: median(own), unit: "1/s" },
    { what: "Answers of bare node:net to new callers", value: median(bares), unit: "1/s" },
    ratio("Introductions / answers of bare node:net", own, bares),
  ];
}

async function messageRows(): Promise<Row[]> {
  await using stack = new AsyncDisposableStack();
  const rendezvous = stack.use(new Child("servers.ts", "rendezvous"));
  const { chain, repair, echo } = JSON.parse(await rendezvous.line());
  const members: Child[] = [];
  while (members.length < MEMBERS) {
    const member = stack.use(new Child("member.ts", chain, repair, echo));
    await member.line();
    members.push(member);
  }
  const receiver = stack.use(new Child("datagrams.ts"));
  const sender = stack.use(new Child("datagrams.ts", await receiver.line()));
  const [first, last] = [members[0], members[MEMBERS - 1]];
  if (first === undefined || last === undefined) throw new Error("The line has no ends");
  const along = () => messages(first, last, members.slice(1));
  const bare = () => messages(sender, receiver, [receiver]);
  // The first round compiles and opens windows.
  await along();
  await bare();
  const [own, bares] = await rounds(along, bare);
  return [
    { what: `Messages of 100 B along a line of ${MEMBERS}`, value: median(own), unit: "1/s" },
    { what: "Datagrams of 100 B, bare node:dgram", value: median(bares), unit: "1/s" },
    ratio(`Messages along a line of ${MEMBERS} / bare node:dgram`, own, bares),
  ];
}

async function rounds(
  own: () => Promise<number>,
  bare: () => Promise<number>,
): Promise<[own: number[], bare: number[]]> {
  const rates: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    rates[0].push(await own());
    rates[1].push(await bare());
  }
  return rates;
}

function ratio(what: string, own: readonly number[], bare: readonly number[]): Row {
  const value = median(own.map((rate, round) => rate / (bare[round] ?? NaN)));
  return { what, value: Number(value.toPrecision(2)), unit: "times" };
}

/** How many newcomers are answered a second. */
async function introductions(server: string): Promise<number> {
  const begin = performance.now();
  let left = NEWCOMERS;
  const caller = async () => {
    while (left-- > 0) await introduced(server, left + 1);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
  return NEWCOMERS / ((performance.now() - begin) / 1000);
}

/** One newcomer, until it is told of a neighbour. It stays until the server ends its connection. */
function introduced(server: string, number: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...splitAddress(parseAddress(server)), noDelay: true });
    socket.on("error", reject);
    socket.on("data", () => resolve());
    socket.write(requestOf(number));
  });
}

/** Each newcomer has sockets of its own. */
function requestOf(number: number): string {
  const host = `127.1.${number >> 8}.${number & 255}`;
  return `{"msg":"CONNECT","head":"${host}:40001","tail":"${host}:40002"}`;
}

/** Messages a second from one program to another; all who hear tell their count. */
async function messages(from: Child, to: Child, hearers: readonly Child[]): Promise<number> {
  await from.tell(`${MESSAGES_MS}`);
  let rate = NaN;
  for (const hearer of hearers) {
    const received: Received = JSON.parse(await hearer.line());
    if (hearer === to) rate = received.messages / (received.elapsedMs / 1000);
  }
  return rate;
}

if (import.meta.main) { for (const row of await chainRows()) console.log(row); }
