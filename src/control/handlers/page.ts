/** Where a browser finds the live map. */

import { ControlError } from "../client.ts";
import type { Handler } from "../handler.ts";

/** Opening the page takes a moment, which nobody can cut short: a call that is cancelled ends all the same. */
export const page: Handler<"page"> = ({ page: open }, _params, answer) => {
  if (open === undefined) {
    throw new ControlError({
      code: "unavailable",
      message: "This node serves no live map, wanted one that runs on a machine of its own",
    });
  }
  open((outcome) => {
    if ("url" in outcome) answer.result(outcome);
    else answer.fault({ code: "unavailable", message: outcome.problem });
  });
};
