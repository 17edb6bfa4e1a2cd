import deno from "../../deno.json" with { type: "json" };

/** Of the program, as `deno.json` says. */
export const VERSION: string = deno.version;
