/** Where a browser finds a page that the node serves. */

import { ControlError } from "../client.ts";
import type { Answer, Handler, PageOpener } from "../handler.ts";

export const page: Handler<"page"> = ({ page: open }, _params, answer) =>
  openPage(
    open,
    "This node serves no live map, wanted one that runs on a machine of its own",
    answer,
  );

/**
 * Opening a page takes a moment, which nobody can cut short: a call that is cancelled ends all the same.
 *
 * @param missing what is said where there is no such page
 * @throws {ControlError} where there is none
 */
export function openPage(
  open: PageOpener | undefined,
  missing: string,
  answer: Pick<Answer<"page">, "result" | "fault">,
): void {
  if (open === undefined) throw new ControlError({ code: "unavailable", message: missing });
  open((outcome) => {
    if ("url" in outcome) answer.result(outcome);
    else answer.fault({ code: "unavailable", message: outcome.problem });
  });
}
