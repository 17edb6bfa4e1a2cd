/**
 * Whether a node is up and, if not, why: a pure judgement over facts. Its truth table is the test.
 *
 * The first of these that holds is the answer:
 *
 * 1. It is this very node, or a link with it is up.
 * 2. This node keeps it out: ended by hand, not trusted, banned.
 * 3. Other nodes reach it. Unless somebody asked for a link with it, or one side has just decided
 *    against one, nothing is wrong.
 * 4. It said goodbye, and nobody has answered in its place since.
 * 5. The failure that says most (`failures.ts`).
 * 6. What is missing: an attempt, a chain of links, an address, or all knowledge of it.
 */

import type { Address } from "../base/address.ts";
import { shortId } from "../base/node_id.ts";
import { type CauseCode, CAUSES, type Stage } from "./causes.ts";
import { ANSWERED, causeOf, isDecision, reach } from "./cause_of.ts";
import type { AddressFacts, Facts, NamedNode } from "./facts.ts";
import { failureAt, RECENT_MS, tellingFailure, type Trouble, type Verdict } from "./failures.ts";
import { detailOf, fill, shellAddress, timeText, type Words } from "./words.ts";

/** What became of one address. Times in milliseconds since 1970. */
export interface AddressDiagnosis {
  address: Address;
  /** Of the last attempt, where it failed. */
  code: CauseCode | undefined;
  message: string | undefined;
  at: number | undefined;
  /** Failures in a row. */
  failures: number;
  nextAt: number | undefined;
}

/** The answer. Texts may hold what strangers said, as they said it. */
export interface Diagnosis extends Pick<Facts, "peer" | "heard" | "linkedBy" | "path" | "lastUp"> {
  /** Whether it can be reached, by a link or through other nodes. */
  up: boolean;
  code: CauseCode;
  stage: Stage;
  /** A clause in lower case, as it goes on after "is down: ". */
  message: string;
  advice: string | undefined;
  addresses: readonly AddressDiagnosis[];
}

/** The answer for one node or address. */
export function diagnose(facts: Facts): Diagnosis {
  const { peer, heard, linkedBy, path, lastUp, linkedSince } = facts;
  const verdict = judge(facts);
  const { code } = verdict;
  const { stage, advice } = CAUSES[code];
  return {
    peer,
    heard,
    linkedBy,
    path,
    lastUp,
    up: code === "self" || linkedSince !== undefined || path !== undefined,
    code,
    stage,
    message: messageOf(facts, verdict),
    advice: advice === null ? undefined : fill(advice, wordsFor(facts, verdict)),
    addresses: facts.addresses.map((each) => diagnoseAddress(facts, each)),
  };
}

function judge(facts: Facts): Verdict {
  const { peer, self, linkedSince, path } = facts;
  if (peer.id === self) return { code: "self", words: {} };
  if (linkedSince !== undefined) return { code: "up", words: { since: timeText(linkedSince) } };
  const own = judgeOwnRules(facts);
  if (own !== undefined) return own;
  const trouble = tellingFailure(facts);
  if (path !== undefined) {
    return trouble !== undefined && matters(facts, trouble)
      ? trouble.verdict
      : { code: "up-through", words: { via: firstHop(path) } };
  }
  return judgeGoodbye(facts, trouble) ?? trouble?.verdict ?? judgeMissing(facts);
}

/** What keeps it out at this node, whether it runs or not. */
function judgeOwnRules(
  { isEndedByHand, bannedUntil, distrust, ended }: Facts,
): Verdict | undefined {
  if (isEndedByHand) return { code: "ended-by-hand", words: {} };
  if (distrust !== undefined) return { code: "denied", words: { detail: ` (${distrust})` } };
  if (bannedUntil === undefined) return undefined;
  const isBreach = ended !== undefined && causeOf(ended.reason, "link") === "protocol-broken";
  const detail = isBreach ? detailOf(ended) : "";
  return { code: "banned", words: { until: timeText(bannedUntil), detail } };
}

/** Whether a failure is worth telling of a node that others reach. */
function matters({ isWanted, now }: Facts, { failure }: Trouble): boolean {
  return isWanted || (isDecision(failure.reason) && now - failure.at <= RECENT_MS);
}

function judgeGoodbye(facts: Facts, trouble: Trouble | undefined): Verdict | undefined {
  const at = goodbyeAt(facts);
  if (at === undefined) return undefined;
  const isAnswered = trouble !== undefined && trouble.failure.at > at &&
    reach(trouble.failure.reason) >= ANSWERED;
  return isAnswered ? undefined : { code: "left", words: { since: timeText(at) } };
}

/** When it left. What it told the network counts for more than its last words here: it may be back. */
function goodbyeAt({ heard, ended }: Facts): number | undefined {
  if (heard !== undefined) return heard.left ? heard.at : undefined;
  return ended !== undefined && causeOf(ended.reason, "link") === "left" ? ended.at : undefined;
}

/** Nothing has failed: what is not there yet, or not any more? */
function judgeMissing({ addresses, heard, lastUp, peer }: Facts): Verdict {
  const dialled = addresses.find(({ isDialling }) => isDialling);
  if (dialled !== undefined) return { code: "dialling", words: { address: dialled.address } };
  if (addresses.length === 0) {
    const isKnown = heard !== undefined || lastUp !== undefined || peer.label !== undefined;
    return { code: isKnown ? "no-address" : "unknown", words: {} };
  }
  if (heard !== undefined) return { code: "lost", words: {} };
  const nextAt = Math.min(...addresses.map(({ nextAt }) => nextAt ?? Infinity));
  const next = nextAt < Infinity
    ? `, the next attempt comes at ${timeText(nextAt)}`
    : ", and will not be while this node has links enough";
  return { code: "waiting", words: { next } };
}

function diagnoseAddress(facts: Facts, each: AddressFacts): AddressDiagnosis {
  const { address, failures, nextAt } = each;
  const trouble = failureAt(facts, each);
  return {
    address,
    code: trouble?.verdict.code,
    message: trouble && messageOf(facts, trouble.verdict),
    at: trouble?.failure.at,
    failures,
    nextAt,
  };
}

function messageOf(facts: Facts, verdict: Verdict): string {
  const { message } = CAUSES[verdict.code];
  const { when = "" } = verdict;
  return fill(message, wordsFor(facts, verdict)) + (message.includes("{since}") ? "" : when);
}

function wordsFor(facts: Facts, { words }: Verdict): Words {
  const { program, self, own, peer, addresses, call } = facts;
  const address = peer.address ?? addresses[0]?.address ?? call?.listens;
  const known = { address, where: address, ...words };
  return {
    program,
    self,
    id: peer.id,
    own: own && shellAddress(own),
    target: known.address && shellAddress(known.address),
    ...known,
  };
}

/** The neighbour that passes on what is sent to the last node of a path. */
function firstHop([, next]: readonly NamedNode[]): string | undefined {
  return next && (next.label.trim() || shortId(next.id));
}
