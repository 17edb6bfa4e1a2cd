import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  decideHello,
  decideWelcome,
  type HelloFacts,
  type WelcomeFacts,
} from "../../src/session/admission.ts";
import { introduction } from "./session_pair.ts";

const LOW = introduction(1);
const HIGH = introduction(2);
const BOTH = [false, true];

/** A newcomer whom nothing speaks against, at a node with room. */
const WELCOME_GUEST: HelloFacts = {
  self: LOW.id,
  network: HIGH.network,
  hello: HIGH,
  hasNetworkKey: true,
  distrust: undefined,
  wanted: true,
  isBanned: false,
  isRemoved: false,
  replacesIncoming: false,
  incoming: 0,
  maxIncoming: 8,
  canMakeRoom: false,
};

/** Every combination of what both ends ask of each other, and the answer to it. */
function* strangers() {
  for (const isSelf of BOTH) {
    for (const isForeign of BOTH) {
      for (const hasNetworkKey of BOTH) {
        for (const distrust of [undefined, "it is on the deny list"]) {
          for (const isRemoved of BOTH) {
            for (const isBanned of BOTH) {
              const refusals = [
                isSelf && "self",
                (isForeign || !hasNetworkKey) && "network",
                distrust !== undefined && "untrusted",
                isRemoved && "removed",
                isBanned && "banned",
              ];
              const refusal = refusals.find((each) => each !== false);
              const facts = { hasNetworkKey, distrust, isRemoved, isBanned };
              yield { isSelf, isForeign, facts, refusal };
            }
          }
        }
      }
    }
  }
}

function answerOf(decision: ReturnType<typeof decideHello | typeof decideWelcome>): string {
  return decision.type === "refuse" ? decision.reason : decision.type;
}

Deno.test("decideHello: answers every combination of facts in the order self, network, key, trust, removal, ban, room", () => {
  for (const { isSelf, isForeign, facts: known, refusal } of strangers()) {
    for (const replacesIncoming of BOTH) {
      for (const incoming of [0, 7, 8, 9]) {
        for (const wanted of BOTH) {
          for (const canMakeRoom of BOTH) {
            const facts: HelloFacts = {
              ...WELCOME_GUEST,
              ...known,
              self: isSelf ? HIGH.id : LOW.id,
              network: isForeign ? "another" : HIGH.network,
              wanted,
              replacesIncoming,
              incoming,
              canMakeRoom,
            };
            const hasPlace = replacesIncoming || incoming < 8;
            const room = hasPlace ? "accept" : wanted && canMakeRoom ? "make-room" : "full";
            assertEquals(answerOf(decideHello(facts)), refusal ?? room, JSON.stringify(facts));
          }
        }
      }
    }
  }
});

Deno.test("decideHello: with no places at all, a newcomer is full and a rival's successor is not", () => {
  const facts = { ...WELCOME_GUEST, maxIncoming: 0 };
  assertEquals(decideHello(facts), {
    type: "refuse",
    reason: "full",
    detail: "0 of 0 incoming links",
  });
  assertEquals(decideHello({ ...facts, replacesIncoming: true }), { type: "accept" });
});

Deno.test("decideHello: a refusal says what was wanted", () => {
  const details = [
    { network: "home" },
    { hasNetworkKey: false },
    { distrust: "it is on the deny list" },
  ].map((facts) => {
    const decision = decideHello({ ...WELCOME_GUEST, ...facts });
    return decision.type === "refuse" ? decision.detail : decision.type;
  });
  assertEquals(details, [
    'this network is "home"',
    "the network key is another or missing",
    "it is on the deny list",
  ]);
});

Deno.test("decideHello: who is not trusted learns nothing of how many places there are", () => {
  const decision = decideHello({ ...WELCOME_GUEST, distrust: "no", incoming: 8 });
  assertStringIncludes(answerOf(decision), "untrusted");
});

Deno.test("decideWelcome: answers every combination of facts", () => {
  for (const { isSelf, isForeign, facts: known, refusal } of strangers()) {
    for (const [low, high] of [[LOW, HIGH], [HIGH, LOW]] as const) {
      const self = isSelf ? high : low;
      for (const hasRival of BOTH) {
        for (const isSameRun of BOTH) {
          for (const isUp of BOTH) {
            for (const dialledByUs of BOTH) {
              const instance = high.instance + (isSameRun ? 0 : 1);
              const facts: WelcomeFacts = {
                ...known,
                self: self.id,
                network: isForeign ? "another" : high.network,
                welcome: high,
                rival: hasRival ? { instance, isUp, dialledByUs } : undefined,
              };
              const otherStays = hasRival && isSameRun &&
                (isUp || dialledByUs || self.id > high.id);
              const expected = refusal ?? (otherStays ? "duplicate" : "confirm");
              assertEquals(answerOf(decideWelcome(facts)), expected, JSON.stringify(facts));
            }
          }
        }
      }
    }
  }
});

Deno.test("decideWelcome: of two links that are both just beginning, exactly one is confirmed", () => {
  const pairs = [[LOW, HIGH], [HIGH, LOW]] as const;
  const confirmed = pairs.filter(([{ id, network }, welcome]) => {
    const rival = { instance: welcome.instance, isUp: false, dialledByUs: false };
    const known = { hasNetworkKey: true, distrust: undefined, isBanned: false, isRemoved: false };
    return decideWelcome({ ...known, self: id, network, welcome, rival }).type === "confirm";
  });
  assertEquals(confirmed, [[LOW, HIGH]]);
});
