import { assertEquals, assertThrows } from "@std/assert";
import { openAdvertisement } from "../../src/topology/authentic.ts";
import { WireError } from "../../src/wire/error.ts";
import {
  type Advertisement,
  type CarriedAdvertisement,
  encodeAdvertisement,
  type TopologyMessage,
} from "../../src/wire/topology.ts";
import { CRYPTO, signerOf, successionOf } from "../identity/signers.ts";
import { idOf, sayingOf, signedBy, Web } from "./web.ts";

/** Two members with a link, and a third key that is nobody's yet. */
function pair(): Web {
  const web = new Web(2);
  web.connect(0, 1);
  web.run(5_000);
  return web;
}

function onlyOne(message: TopologyMessage): CarriedAdvertisement {
  const [carried] = message.type === "advertisements" ? message.carried : [];
  return carried as CarriedAdvertisement;
}

/** Every way in which the node number 9 could be spoken for by somebody else. */
function forgeries(web: Web): [name: string, carried: CarriedAdvertisement, problem: string][] {
  const saying = sayingOf(web, 9);
  const { body, signature } = onlyOne(signedBy(9, saying));
  const with_ = (by: number, rest: Partial<Advertisement>) =>
    onlyOne(signedBy(by, { ...saying, ...rest }));
  const wrongKey = "a key that is not that of its id";
  const wrongSignature = "a wrong signature";
  const wrongChain = "a change of key that is not proven";
  const renamed = encodeAdvertisement({ ...saying, label: "renamed" });
  const newer = encodeAdvertisement({ ...saying, sequence: saying.sequence + 1 });
  return [
    ["signed by another", onlyOne(signedBy(8, saying)), wrongSignature],
    ["another's key and signature", with_(8, { publicKey: signerOf(8).publicKey }), wrongKey],
    ["another's key, the own signature", with_(9, { publicKey: signerOf(8).publicKey }), wrongKey],
    ["no key", with_(9, { publicKey: new Uint8Array(0) }), wrongKey],
    ["other words", { body: renamed, signature }, wrongSignature],
    ["another date", { body: newer, signature }, wrongSignature],
    ["no signature", { body, signature: new Uint8Array(0) }, wrongSignature],
    ["half a signature", { body, signature: signature.subarray(0, 16) }, wrongSignature],
    ["a stolen past", with_(9, { successions: [successionOf(1, 9, { by: 9 })] }), wrongChain],
    ["another's past", with_(9, { successions: [successionOf(1, 8)] }), wrongChain],
  ];
}

Deno.test("openAdvertisement: tells what its originator said, and which ids it had before", () => {
  const successions = [successionOf(7, 8), successionOf(8, 9)];
  const saying = sayingOf(pair(), 9, { label: "truly", successions });
  assertEquals(openAdvertisement(CRYPTO, onlyOne(signedBy(9, saying))), {
    advertisement: saying,
    formerly: [idOf(7), idOf(8)],
  });
});

Deno.test("openAdvertisement: every forgery is refused, and said to be what it is", () => {
  for (const [name, carried, problem] of forgeries(pair())) {
    assertThrows(() => openAdvertisement(CRYPTO, carried), WireError, problem, name);
  }
});

Deno.test("openAdvertisement: no byte of what was signed can be changed", () => {
  const { body, signature } = onlyOne(signedBy(9, sayingOf(pair(), 9)));
  for (let at = 0; at < body.length; at++) {
    const altered = body.with(at, (body[at] as number) ^ 1);
    assertThrows(() => openAdvertisement(CRYPTO, { body: altered, signature }), WireError);
  }
});

Deno.test("Topology: a forged advertisement is counted, kept by nobody and passed on to nobody", () => {
  const web = pair();
  const before = web.sent.advertisements;
  for (const [name, carried, problem] of forgeries(web)) {
    const message = { type: "advertisements" as const, carried: [carried] };
    assertThrows(() => web.hear(0, 1, message), WireError, problem, name);
  }
  web.run(5_000);
  assertEquals(web.standings(0), ["1 alive"]);
  assertEquals(web.sent.advertisements, before);
  assertEquals(web.member(0).topology.refused, forgeries(web).length);
});

Deno.test("Topology: what came before a forged one in the same message is kept, what comes after is not", () => {
  const web = pair();
  const [forged] = forgeries(web);
  const [first, last] = [7, 8].map((number) =>
    onlyOne(signedBy(number, sayingOf(web, number)))
  ) as [CarriedAdvertisement, CarriedAdvertisement];
  const carried = [first, forged?.[1] as CarriedAdvertisement, last];
  assertThrows(() => web.hear(0, 1, { type: "advertisements", carried }), WireError);
  assertEquals([7, 8, 9].map((number) => web.held(0, number)?.label), ["7", undefined, undefined]);
});

Deno.test("Topology: an old advertisement that is played again changes nothing and is answered by the newer one", () => {
  const web = pair();
  const old = signedBy(9, sayingOf(web, 9, { label: "old" }));
  web.hear(0, 1, old);
  web.run(1_000);
  web.hear(0, 1, signedBy(9, sayingOf(web, 9, { label: "new" })));
  web.run(1_000);
  web.hear(0, 1, old);
  web.run(1_000);
  assertEquals([web.held(0, 9)?.label, web.held(1, 9)?.label], ["new", "new"]);
  assertEquals(web.member(0).topology.refused, 0);
});

Deno.test("Topology: what is kept is no view of the frame that it came in", () => {
  const web = pair();
  const saying = sayingOf(web, 9, { label: "kept" });
  const { body, signature } = onlyOne(signedBy(9, saying));
  const frame = { body: body.slice(), signature: signature.slice() };
  web.hear(0, 1, { type: "advertisements", carried: [frame] });
  frame.body.fill(255);
  frame.signature.fill(255);
  web.restart(1);
  web.connect(1, 0);
  web.run(5_000);
  assertEquals(web.held(1, 9), saying);
});
