import { assertEquals } from "@std/assert";
import { parseAddress, schemeOf } from "../../src/base/address.ts";
import { Links } from "../../src/controller/links.ts";
import { Reception, type ReceptionOptions } from "../../src/controller/reception.ts";
import { BanList } from "../../src/dialer/ban_list.ts";
import { KnownPeers } from "../../src/identity/known_peers.ts";
import { NetworkKey } from "../../src/identity/network_key.ts";
import { CRYPTO, signerOf, successionOf } from "../identity/signers.ts";
import { introduction } from "../session/session_pair.ts";
import { Parted } from "../../src/controller/parted.ts";

const HOME = parseAddress("[fd00::2]:8083");
const { id } = signerOf(2);

/** What a node with these settings holds against the one with the key 2. */
function objection(
  trust: Partial<ReceptionOptions["trust"]>,
  { known = new KnownPeers(10), formerly = [] as number[] } = {},
): string | undefined {
  const reception = new Reception({
    self: { ...introduction(1), id: signerOf(1).id },
    crypto: CRYPTO,
    program: "area-net",
    networkKey: new NetworkKey(CRYPTO, ""),
    trust: { mode: "tofu", allow: [], deny: [], ...trust },
    known,
    maxIncoming: 8,
    links: new Links(),
    bans: new BanList(8),
    parted: new Parted(),
    isTarget: () => false,
    reaches: (address) => schemeOf(address) === "tls",
  });
  return reception.objection(id, { successions: formerly.map((from) => successionOf(from, 2)) });
}

Deno.test("Reception.objection: says what the lists and the mode hold against a node", () => {
  assertEquals(objection({}), undefined);
  assertEquals(objection({ deny: [id] }), "it is on the deny list");
  assertEquals(objection({ allow: [signerOf(3).id] }), "it is not on the allow list");
  assertEquals(objection({ mode: "pinned" }), "it is neither listed nor pinned");
  assertEquals(objection({ mode: "pinned", allow: [id] }), undefined);
});

Deno.test("Reception.objection: a pin lets in, wherever it is", () => {
  const known = new KnownPeers(10);
  known.trust(id, HOME);
  assertEquals(objection({ mode: "pinned" }, { known }), undefined);
});

Deno.test("Reception.objection: a node stands for the ids it had, as it proves or as is remembered", () => {
  const old = signerOf(3).id;
  assertEquals(objection({ allow: [old] }, { formerly: [3] }), undefined);
  assertEquals(objection({ deny: [old] }, { formerly: [3] }), "it is on the deny list");
  const known = new KnownPeers(10);
  known.meet({ id, label: "", address: HOME, formerly: [old] }, 0);
  assertEquals(objection({ deny: [old] }, { known }), "it is on the deny list");
});
