/**
 * Who gets the live map: whoever `page_guard.ts` lets have a page of this node, and beyond loopback
 * only with the token, which is compared in constant time.
 */

import { timingSafeEqual } from "node:crypto";
import { judgeSource, type PageRequest, pathOf, type Refusal, refusal } from "./page_guard.ts";

/** What is asked for. */
export type MapPath = typeof PATHS[number];

export const PATHS = ["/", "/map.js", "/map.css", "/events"] as const;

/** What a guard knows of the place where it stands. */
export interface GuardFacts {
  /** Whether nobody but this machine can connect. */
  isLoopback: boolean;
  /** What must be in the address of the map, as in `?token=…`; absent where nothing has to. */
  token?: string;
}

/** What a request asks for, or why it gets nothing. */
export function judge(request: PageRequest, { isLoopback, token }: GuardFacts): MapPath | Refusal {
  const wrong = judgeSource(request, isLoopback);
  if (wrong !== undefined) return wrong;
  const { target } = request;
  const [, query = ""] = target.split("?", 2);
  if (token !== undefined && !isSame(new URLSearchParams(query).get("token") ?? "", token)) {
    return refusal(
      403,
      "The token of the address is missing or not valid any more: " +
        "area-net map --open on the node's machine tells the address",
    );
  }
  const path = pathOf(target);
  return PATHS.find((known) => known === path) ?? refusal(404, "There is nothing at this address");
}

/** Takes the same time wherever two texts of a length differ; that the length is not hidden tells nobody anything. */
function isSame(given: string, wanted: string): boolean {
  const [a, b] = [given, wanted].map((text) => new TextEncoder().encode(text));
  return a !== undefined && b !== undefined && a.length === b.length && timingSafeEqual(a, b);
}
