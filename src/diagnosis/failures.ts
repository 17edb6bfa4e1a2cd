/**
 * Which of several failures says most about why there is no link.
 *
 * Of the failures of the last minutes it is the one that came furthest: where one address is dead and
 * another one answers "full", the dead one is not what to mend. How the last link ended says most
 * until something is tried after it.
 */

import { causeOf, type Ended, reach } from "./cause_of.ts";
import type { CauseCode } from "./causes.ts";
import type { AddressFacts, Facts, Failure } from "./facts.ts";
import { detailOf, timeText, type Words } from "./words.ts";

/** A cause, and what its words are about. */
export interface Verdict {
  code: CauseCode;
  words: Partial<Words>;
  /** When it happened, where that is not shown beside it: words that end a clause. */
  when?: string;
}

/** A failure, and what it means. */
export interface Trouble {
  failure: Failure;
  verdict: Verdict;
}

/**
 * Failures this much older than the newest one are not weighed, in milliseconds: whoever has reason
 * to try again does so within some minutes, also where a person has to mend something first.
 */
export const RECENT_MS = 900_000;

/** The failure that says most, if any is remembered. A goodbye is none. */
export function tellingFailure(facts: Facts): Trouble | undefined {
  const { ended, call } = facts;
  const tried = [
    ...facts.addresses.map((each) => failureAt(facts, each)),
    call && troubleOf(facts, call, "call"),
  ].filter((each) => each !== undefined);
  const newest = Math.max(...tried.map(({ failure }) => failure.at));
  const last = ended && troubleOf(facts, ended, "link");
  if (last !== undefined && last.failure.at >= newest) return last;
  const recent = tried.filter(({ failure }) => failure.at >= newest - RECENT_MS);
  return recent.sort(({ failure: a }, { failure: b }) =>
    reach(b.reason) - reach(a.reason) || b.at - a.at
  )[0];
}

/** What is wrong at one address, if anything is. */
export function failureAt(facts: Facts, each: AddressFacts): Trouble | undefined {
  const { peer, now } = facts;
  const { address, failure, pinned, linked } = each;
  if (linked !== undefined && peer.id !== undefined && linked !== peer.id) {
    const found: Failure = { reason: FOUND, at: now, address, met: linked };
    return { failure: found, verdict: { code: "other-node", words: { address, met: linked } } };
  }
  if (failure === undefined) return undefined;
  const { met, reason } = failure;
  const isOther = met !== undefined && peer.id !== undefined && met !== peer.id;
  const isDistrusted = reason.type === "refused" && reason.by === "us" &&
    reason.reason === "untrusted";
  if (pinned !== undefined && met !== undefined && pinned !== met && (isOther || isDistrusted)) {
    const words = { address, expected: pinned, met };
    return { failure, verdict: { code: "key-changed", words } };
  }
  if (isOther) return { failure, verdict: { code: "other-node", words: { address, met } } };
  return troubleOf(facts, failure, "attempt");
}

/** Stands for having met somebody who has no business there. */
const FOUND = { type: "refused", by: "us", reason: "duplicate", detail: "" } as const;

function troubleOf(facts: Facts, failure: Failure, ended: Ended): Trouble | undefined {
  const { reason, address, at } = failure;
  const code = causeOf(reason, ended);
  if (code === undefined || code === "left") return undefined;
  // A ban that is over, or an end by hand that somebody took back, keeps nobody out any more.
  if (code === "ended-by-hand" && !facts.isEndedByHand) return undefined;
  if (code === "banned" && facts.bannedUntil === undefined) return undefined;
  const since = timeText(at);
  const words = { where: address, since, detail: detailOf(failure) };
  switch (ended) {
    case "attempt":
      return { failure, verdict: { code, words: { ...words, address } } };
    case "call":
      return { failure, verdict: { code, words, when: `, when it last called, at ${since}` } };
    case "link":
      return { failure, verdict: { code, words, when: `, when the link ended, at ${since}` } };
    default:
      return ended satisfies never;
  }
}
