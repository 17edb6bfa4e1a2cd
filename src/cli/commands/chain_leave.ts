import { chainCommand } from "../chain_command.ts";
import { memberLabel } from "../chain_text.ts";
import { formatCount } from "../format.ts";

/** `area-net chain leave`: have the member say goodbye and end. */
export const chainLeave = chainCommand({
  method: "leave",
  help: "have the member say goodbye to its neighbours, who close the gap, and end",
  params: () => Promise.resolve({}),
  text: ({ neighbours }, self) =>
    `${memberLabel(self)} leaves the line, ${formatCount(neighbours, "neighbour")} heard it\n`,
});
