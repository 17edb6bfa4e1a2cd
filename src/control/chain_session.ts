/** One program's talk with a member of a line: its methods carried out. */

import { decodeUtf8, encodeUtf8 } from "../base/bytes.ts";
import type { Cancel, Clock } from "../base/ports.ts";
import type { ChainMessage } from "../chain/member_effect.ts";
import type { LineEntry, MemberStatus, SideStatus } from "../chain/member_status.ts";
import { type Side, SIDES } from "../chain/side.ts";
import { CHAIN_METHODS, type ChainMethods, MAX_CHAIN_MESSAGE_BYTES } from "./chain_methods.ts";
import { ControlError } from "./client.ts";
import type { HandlerIn } from "./handler.ts";
import { MethodSession } from "./method_session.ts";
import type { EventIn, ParsedIn, ResultIn } from "./method_table.ts";
import type { ErrorCode, Reply } from "./methods.ts";

/** A member of a line, as its sessions see it. */
export interface ChainApi {
  status(): MemberStatus;
  /**
   * Says something to the whole line.
   *
   * @param done told once it is on its way, which may take a while when much is, or that there is
   *   nobody to hear it
   */
  say(content: Uint8Array, done: (taken: "taken" | "nobody") => void): void;
  /** Hands `listener` all that is said to the line. Call the result to stop. */
  listen(listener: (message: ChainMessage) => void): Cancel;
  leave(): void;
}

/** What a session needs to know besides the member. */
export interface ChainSessionFacts {
  clock: Clock;
  /** Of the program that the member runs. */
  version: string;
}

/** One client's session with a member. */
export class ChainSession extends MethodSession<ChainMethods, Context> {
  /**
   * Says hello at once.
   *
   * @param send given every reply, in order; it may call `close`
   */
  constructor(
    member: ChainApi,
    { clock, version }: ChainSessionFacts,
    send: (reply: Reply) => void,
  ) {
    const { id, label } = member.status();
    super({
      methods: CHAIN_METHODS,
      handlers: { status, say, listen, leave },
      context: { member, clock },
      hello: { id, label, version },
    }, send);
  }
}

interface Context {
  readonly member: ChainApi;
  readonly clock: Clock;
}

type Handler<M extends keyof ChainMethods> = HandlerIn<ChainMethods, Context, M>;

const status: Handler<"status"> = ({ member }, _params, answer) => {
  answer.result(showStatus(member.status()));
};

const say: Handler<"say"> = ({ member }, params, answer) => {
  const content = readContent(params);
  const others = () => Math.max(member.status().line.length - 1, 0);
  member.say(content, (taken) => {
    if (taken === "taken") return answer.result({ members: others() });
    const message = "Nobody else is in the line yet: wait until chain status shows somebody";
    answer.fault({ code: "unavailable", message });
  });
  // It may still be on its way when nobody waits for it any more.
  return { stop: () => {}, resultSoFar: () => ({ members: others() }) };
};

const listen: Handler<"listen"> = ({ member, clock }, _params, answer) => {
  const stop = member.listen(({ author, side, content }) => {
    const at = Math.round(clock.wall());
    answer.event({ from: nameOf(author, member.status()), side, ...showContent(content), at });
  });
  return { stop, resultSoFar: () => ({}) };
};

const leave: Handler<"leave"> = ({ member }, _params, answer) => {
  const { sides } = member.status();
  const neighbours = SIDES.filter((side) => isUp(sides[side])).length;
  member.leave();
  answer.result({ neighbours });
};

/** An author's label is known from the line, unless it has gone from it meanwhile. */
function nameOf(id: string, { line }: MemberStatus): EventIn<ChainMethods, "listen">["from"] {
  return { id, label: line.find((entry) => entry.id === id)?.label ?? "" };
}

function isUp({ state }: SideStatus): boolean {
  return state === "up" || state === "silent";
}

/** What is shown of a member. */
export function showStatus(status: MemberStatus): ResultIn<ChainMethods, "status"> {
  const { id, label, phase, addresses, isRegistered, sides, line, position } = status;
  return {
    id,
    label,
    phase,
    addresses: { head: addresses.head ?? null, tail: addresses.tail ?? null },
    registered: isRegistered,
    head: showSide(sides.head),
    tail: showSide(sides.tail),
    line: line.map(showEntry),
    position,
  };
}

function showSide(side: SideStatus): ResultIn<ChainMethods, "status">[Side] {
  const none = {
    neighbour: null,
    lost: null,
    addr: null,
    rtt_us: null,
    up_ms: null,
    heard_ms: null,
    link: null,
    queued_bytes: 0,
  };
  switch (side.state) {
    case "free":
    case "linking":
      return { ...none, state: side.state };
    case "mending":
      return { ...none, state: side.state, lost: showEntry(side.lost) };
    case "up":
    case "silent":
      return {
        ...none,
        state: side.state,
        neighbour: showEntry(side.neighbour),
        addr: side.address,
        rtt_us: side.rttUs === null ? null : Math.round(side.rttUs),
        up_ms: Math.round(side.upMs),
        heard_ms: Math.round(side.heardMs),
        link: side.link,
        queued_bytes: side.queuedBytes,
      };
    default:
      return side satisfies never;
  }
}

function showEntry({ id, label }: LineEntry): { id: string; label: string } {
  return { id, label };
}

/** @throws {ControlError} when there is no content, or two, or too much */
function readContent({ text, data }: ParsedIn<ChainMethods, "say">): Uint8Array {
  if ((text === undefined) === (data === undefined)) {
    const met = text === undefined ? "Neither text nor data was" : "Both text and data were";
    throw refusal("bad-request", `${met} given to say, wanted one of them`);
  }
  const content = data === undefined ? encodeUtf8(text ?? "") : Uint8Array.fromBase64(data);
  if (content.length <= MAX_CHAIN_MESSAGE_BYTES) return content;
  throw refusal(
    "too-large",
    `The message has ${content.length} bytes, wanted at most ${MAX_CHAIN_MESSAGE_BYTES}: ` +
      "send it in parts",
  );
}

function showContent(content: Uint8Array): { text: string } | { data: string } {
  try {
    return { text: decodeUtf8(content) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { data: content.toBase64() };
  }
}

function refusal(code: ErrorCode, message: string): ControlError {
  return new ControlError({ code, message });
}
