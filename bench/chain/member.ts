/**
 * One member of the line: joins by the servers that its arguments name and says so once it is the end of
 * the line. Told how many milliseconds, it talks to the line for so long; what it hears, it counts.
 */

import { joinChain } from "../../src/io/join_chain.ts";
import { BEGIN, Counter, END, messageOf, ONE, ownLines } from "./child.ts";

const [chain = "", repair = "", echo = ""] = Deno.args;
const member = await joinChain({ chain, repair, echo });
const counter = new Counter();
member.listen(({ content }) => counter.take(content[0]));
member.watch(({ type }) => {
  if (type === "registered") console.log("ready");
});
const message = messageOf(ONE);
for await (const line of ownLines()) {
  const end = performance.now() + Number(line);
  await member.say(messageOf(BEGIN));
  while (performance.now() < end) await member.say(message);
  await member.say(messageOf(END));
}
Deno.exit(0);
