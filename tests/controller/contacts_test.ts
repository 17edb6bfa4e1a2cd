import { assertEquals } from "@std/assert";
import { type Address, formatAddress, parseAddress } from "../../src/base/address.ts";
import type { LinkId } from "../../src/base/link_id.ts";
import { Contacts } from "../../src/controller/contacts.ts";
import type { Link } from "../../src/controller/links.ts";
import type { CloseReason } from "../../src/session/close_reason.ts";
import { Session } from "../../src/session/session.ts";
import { frameOf, introduction, OPTIONS } from "../session/session_pair.ts";

const HOME = parseAddress("[fd00::1]:8083");
const TIMEOUT: CloseReason = { type: "handshake-timeout" };
const NOBODY: CloseReason = { type: "connection", error: { code: "refused", detail: "" } };
const FULL: CloseReason = { type: "refused", by: "us", reason: "full", detail: "" };

/** A link as far as it matters here; its peer has said hello under the name `number`, if there is one. */
function link(direction: Link["direction"], remote: Address, number?: number): Link {
  const hello = introduction(number ?? 1);
  const session = Session.listen(0, OPTIONS, hello.id);
  if (number !== undefined) {
    session.handleBytes(0, frameOf({ type: "hello", introduction: hello, wanted: true }));
  }
  const counts = { upSince: undefined, inBytes: 0, outBytes: 0 };
  const rest = {
    binding: new Uint8Array(0),
    wanted: false,
    isForCompanion: false,
    provenId: hello.id,
    ...counts,
  };
  return { id: 1 as LinkId, session, direction, remote, ...rest };
}

Deno.test("Contacts: failures at an address are counted until one attempt works", () => {
  const contacts = new Contacts();
  contacts.handleDialFailed(1, link("outgoing", HOME), NOBODY);
  contacts.handleDialFailed(5, link("outgoing", HOME), TIMEOUT);
  const { at, failures, reason } = contacts.attemptAt(HOME) ?? {};
  assertEquals([at, failures, reason], [5, 2, TIMEOUT]);
  contacts.handleUp(link("outgoing", HOME, 1));
  assertEquals(contacts.attemptAt(HOME), undefined);
  contacts.handleDialFailed(6, link("outgoing", HOME), NOBODY);
  assertEquals(contacts.attemptAt(HOME)?.failures, 1);
});

Deno.test("Contacts: a link that the other side made says nothing about dialling it", () => {
  const contacts = new Contacts();
  contacts.handleDialFailed(1, link("outgoing", HOME), NOBODY);
  contacts.handleUp(link("incoming", HOME, 1));
  assertEquals(contacts.attemptAt(HOME)?.failures, 1);
});

Deno.test("Contacts: how a node called and how its link ended is forgotten once a link is up", () => {
  const contacts = new Contacts();
  const { id } = introduction(1);
  contacts.handleDown(3, id, link("incoming", HOME, 1), NOBODY);
  contacts.handleCallFailed(4, link("incoming", HOME, 1), FULL);
  assertEquals([contacts.endingOf(id)?.at, contacts.callOf(id)?.at], [3, 4]);
  assertEquals(contacts.callers(), [{ id, label: introduction(1).label }]);
  contacts.handleUp(link("incoming", HOME, 2));
  assertEquals(contacts.callOf(id)?.at, 4);
  contacts.handleUp(link("incoming", HOME, 1));
  assertEquals([contacts.endingOf(id), contacts.callOf(id)], [undefined, undefined]);
});

Deno.test("Contacts: a caller that proved a key and said nothing is known by that key", () => {
  const contacts = new Contacts();
  contacts.handleCallFailed(4, link("incoming", HOME), TIMEOUT);
  const call = contacts.callOf(introduction(1).id);
  assertEquals([call?.label, call?.listens, call?.address], ["", undefined, HOME]);
  assertEquals(contacts.callFrom(HOME), call);
});

Deno.test("Contacts: callers that proved no key are found by their address, and by their host as well", () => {
  const contacts = new Contacts();
  const from = (port: number) => formatAddress({ host: "fd00::bad", port });
  contacts.handleTurnedAway(1, from(50_000), "too slow");
  contacts.handleTurnedAway(2, from(50_001), "no certificate");
  assertEquals(contacts.callFrom(from(50_000))?.at, 1);
  assertEquals(contacts.callFrom(from(8083)), undefined);
  assertEquals(contacts.callFromHost(from(8083))?.at, 2);
  assertEquals(contacts.callFromHost(HOME), undefined);
  assertEquals(contacts.callers(), []);
});

Deno.test("Contacts: those that proved no key push out each other, and nobody who did", () => {
  const contacts = new Contacts();
  contacts.handleCallFailed(1, link("incoming", HOME, 1), FULL);
  const from = (port: number) => formatAddress({ host: "fd00::bad", port });
  for (let port = 1; port <= 1_000; port++) contacts.handleTurnedAway(2, from(port), "no");
  assertEquals(contacts.callOf(introduction(1).id)?.at, 1);
  assertEquals(contacts.callFrom(from(1_000 - 256)), undefined);
  assertEquals(contacts.callFrom(from(1_000 - 255))?.at, 2);
});

Deno.test("Contacts: of too many addresses those are forgotten at which nothing was tried for longest", () => {
  const contacts = new Contacts();
  const at = (port: number) => formatAddress({ host: "fd00::1", port });
  for (let port = 1; port <= 1_024; port++) {
    contacts.handleDialFailed(port, link("outgoing", at(port)), NOBODY);
  }
  contacts.handleDialFailed(2_000, link("outgoing", at(1)), NOBODY);
  contacts.handleDialFailed(2_001, link("outgoing", at(1_025)), NOBODY);
  assertEquals(contacts.attemptAt(at(1))?.failures, 2);
  assertEquals(contacts.attemptAt(at(2)), undefined);
  assertEquals(contacts.attemptAt(at(3))?.at, 3);
});
