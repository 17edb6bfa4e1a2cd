import { nodeCommand } from "../node_command.ts";

/** `area-net page`: where a browser finds the live map, which is served from then on. */
export const page = nodeCommand({
  name: "page",
  help: "serve the live map, and print its address for a browser",
  params: () => ({}),
  text: ({ url }) => `${url}\n`,
});
