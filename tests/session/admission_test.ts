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

Deno.test("decideHello: answers every combination of facts in the order self, network, banned, room", () => {
  for (const isSelf of BOTH) {
    for (const isForeign of BOTH) {
      for (const isBanned of BOTH) {
        for (const replacesIncoming of BOTH) {
          for (const incoming of [0, 7, 8, 9]) {
            for (const wanted of BOTH) {
              for (const canMakeRoom of BOTH) {
                const facts: HelloFacts = {
                  self: isSelf ? HIGH.id : LOW.id,
                  network: isForeign ? "another" : HIGH.network,
                  hello: HIGH,
                  wanted,
                  isBanned,
                  replacesIncoming,
                  incoming,
                  maxIncoming: 8,
                  canMakeRoom,
                };
                const decision = decideHello(facts);
                const answer = decision.type === "refuse" ? decision.reason : decision.type;
                const hasPlace = replacesIncoming || incoming < 8;
                const expected = isSelf
                  ? "self"
                  : isForeign
                  ? "network"
                  : isBanned
                  ? "banned"
                  : hasPlace
                  ? "accept"
                  : wanted && canMakeRoom
                  ? "make-room"
                  : "full";
                assertEquals(answer, expected, JSON.stringify(facts));
              }
            }
          }
        }
      }
    }
  }
});

Deno.test("decideHello: with no places at all, a newcomer is full and a rival's successor is not", () => {
  const facts: HelloFacts = {
    self: LOW.id,
    network: HIGH.network,
    hello: HIGH,
    wanted: true,
    isBanned: false,
    replacesIncoming: false,
    incoming: 0,
    maxIncoming: 0,
    canMakeRoom: false,
  };
  assertEquals(decideHello(facts), {
    type: "refuse",
    reason: "full",
    detail: "0 of 0 incoming links",
  });
  assertEquals(decideHello({ ...facts, replacesIncoming: true }), { type: "accept" });
});

Deno.test("decideHello: who comes from another network is told the name of this one", () => {
  const decision = decideHello({
    self: LOW.id,
    network: "home",
    hello: HIGH,
    wanted: true,
    isBanned: false,
    replacesIncoming: false,
    incoming: 0,
    maxIncoming: 8,
    canMakeRoom: false,
  });
  assertStringIncludes(decision.type === "refuse" ? decision.detail : "", '"home"');
});

Deno.test("decideWelcome: answers every combination of facts", () => {
  for (const [self, welcome] of [[LOW, HIGH], [HIGH, LOW], [LOW, LOW]] as const) {
    for (const isForeign of BOTH) {
      for (const isBanned of BOTH) {
        for (const replacesIncoming of BOTH) {
          for (const isSameRun of BOTH) {
            for (const isUp of BOTH) {
              for (const dialledByUs of BOTH) {
                const instance = welcome.instance + (isSameRun ? 0 : 1);
                const facts: WelcomeFacts = {
                  self: self.id,
                  network: isForeign ? "another" : welcome.network,
                  welcome,
                  isBanned,
                  rival: replacesIncoming ? { instance, isUp, dialledByUs } : undefined,
                };
                const decision = decideWelcome(facts);
                const answer = decision.type === "refuse" ? decision.reason : decision.type;
                const otherStays = replacesIncoming && isSameRun &&
                  (isUp || dialledByUs || self.id > welcome.id);
                const expected = self === welcome
                  ? "self"
                  : isForeign
                  ? "network"
                  : isBanned
                  ? "banned"
                  : otherStays
                  ? "duplicate"
                  : "confirm";
                assertEquals(answer, expected, JSON.stringify(facts));
              }
            }
          }
        }
      }
    }
  }
});

Deno.test("decideWelcome: of two links that are both just beginning, exactly one is confirmed", () => {
  const confirmed = [[LOW, HIGH], [HIGH, LOW]].filter(([self, welcome]) => {
    const { id, network } = self as typeof LOW;
    const { instance } = welcome as typeof LOW;
    const rival = { instance, isUp: false, dialledByUs: false };
    const facts = { self: id, network, welcome: welcome as typeof LOW, isBanned: false, rival };
    return decideWelcome(facts).type === "confirm";
  });
  assertEquals(confirmed, [[LOW, HIGH]]);
});
