import { assertEquals } from "@std/assert";
import { parseAddress, schemeOf, webRtcAddress } from "../../src/base/address.ts";
import type { LinkId } from "../../src/base/link_id.ts";
import { type Link, Links } from "../../src/controller/links.ts";
import { Reception } from "../../src/controller/reception.ts";
import { BanList } from "../../src/dialer/ban_list.ts";
import { KnownPeers } from "../../src/identity/known_peers.ts";
import { NetworkKey } from "../../src/identity/network_key.ts";
import { Session } from "../../src/session/session.ts";
import type { Introduction } from "../../src/wire/link.ts";
import { CRYPTO, signerOf } from "../identity/signers.ts";
import { frameOf, introduction, OPTIONS } from "../session/session_pair.ts";
import { Parted } from "../../src/controller/parted.ts";

const EVERYWHERE = parseAddress("[::]:8083");
const BINDING = new Uint8Array(32).fill(7);
const KEY = new NetworkKey(CRYPTO, "secret");

/** A node that listens everywhere and has a network key. */
function reception(known = new KnownPeers(10)): Reception {
  const { network, instance, label, successions } = introduction(1);
  const made = new Reception({
    self: { network, id: signerOf(1).id, instance, label, successions },
    crypto: CRYPTO,
    program: "area-net",
    networkKey: KEY,
    trust: { mode: "tofu", allow: [], deny: [signerOf(3).id] },
    known,
    maxIncoming: 8,
    links: new Links(),
    bans: new BanList(8),
    parted: new Parted(),
    isTarget: () => false,
    reaches: (address) => schemeOf(address) === "tls",
  });
  made.addresses.listen(EVERYWHERE);
  return made;
}

/** What the node with the key `number` says in its hello, with the network key. */
function helloOf(number: number, rest: Partial<Introduction> = {}): Introduction {
  const { id } = signerOf(number);
  return { ...introduction(number), id, proof: KEY.proof(id, BINDING), ...rest };
}

/** Has a node answer a hello; answers with the link. */
function answer(to: Reception, hello: Introduction): Link {
  const session = Session.listen(0, OPTIONS, hello.id);
  session.handleBytes(0, frameOf({ type: "hello", introduction: hello, wanted: true }));
  const link: Link = {
    id: 1 as LinkId,
    session,
    direction: "incoming",
    remote: parseAddress("[fd00::5]:50000"),
    binding: BINDING,
    wanted: true,
    isForCompanion: false,
    upSince: undefined,
    inBytes: 0,
    outBytes: 0,
  };
  to.answerHello(0, link, hello);
  return link;
}

Deno.test("Reception: who is let in tells this node where it is seen", () => {
  const node = reception();
  answer(node, helloOf(2, { seenAt: parseAddress("[fd00::77]:50000") }));
  assertEquals(node.addresses.forNetwork, [parseAddress("[fd00::77]:8083")]);
});

Deno.test("Reception: who is refused has no say in where this node is said to be", () => {
  const seenAt = parseAddress("[fd00::bad]:50000");
  const strangers = [
    helloOf(2, { seenAt, network: "another" }),
    helloOf(2, { seenAt, proof: new Uint8Array(0) }),
    helloOf(3, { seenAt }),
  ];
  for (const hello of strangers) {
    const node = reception();
    assertEquals(answer(node, hello).session.isClosed, true);
    assertEquals(node.addresses.forNetwork, []);
  }
});

Deno.test("Reception: introduces this node with a proof for that connection alone", () => {
  const node = reception();
  const address = parseAddress("[fd00::5]:50000");
  const { id, addresses, seenAt, proof } = node.introduction({ address, binding: BINDING });
  assertEquals([id, addresses, seenAt], [signerOf(1).id, [EVERYWHERE], address]);
  assertEquals(KEY.accepts(proof, id, BINDING), true);
  assertEquals(KEY.accepts(proof, id, new Uint8Array(32)), false);
});

Deno.test("Reception: remembers whom it can dial again, and no browsers", () => {
  const known = new KnownPeers(10);
  const node = reception(known);
  const browser = helloOf(2, { addresses: [webRtcAddress(signerOf(2).id)] });
  const other = helloOf(4, { addresses: [parseAddress("[fd00::4]:8083")] });
  for (const hello of [browser, other]) node.remember(answer(node, hello), 0);
  assertEquals(known.all().map(({ id }) => id), [signerOf(4).id]);
});
