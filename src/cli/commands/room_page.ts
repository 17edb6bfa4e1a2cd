import { nodeCommand } from "../node_command.ts";

/** `area-net room page`: where a browser finds the page of rooms, which is served from then on. */
export const roomPage = nodeCommand({
  name: "room_page",
  help: "let browsers join rooms: serve a page for that, and print its address",
  params: () => ({}),
  text: ({ url }) => `${url}\n`,
});
