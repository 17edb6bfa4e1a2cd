import { assert, assertEquals, assertGreater, assertThrows } from "@std/assert";
import { FastCrypto } from "../../src/sim/fast_crypto.ts";
import { LIES } from "./campaign_lies.ts";
import { BY_DEFAULT, type Outcome, runCampaign } from "./campaign.ts";

/** Seeds that every run of the tests goes through; `deno task campaign` goes on from there. */
const SEEDS = 200;

Deno.test(`campaign: over ${SEEDS} seeds one map within 5 s whenever the network is whole, nothing forged on it, and letters answered truly`, () => {
  const outcomes: Outcome[] = [];
  for (let seed = 0; seed < SEEDS; seed++) outcomes.push(runCampaign(seed));
  // The liar was there and was believed in nothing.
  const told = new Set(outcomes.flatMap(({ lies }) => [...lies.keys()]));
  assertEquals([...told].sort(), Object.keys(LIES).sort());
  for (const { bans, looks } of outcomes) {
    assertGreater(bans, 0);
    assertGreater(looks, 0);
  }
  const answers = new Set(outcomes.flatMap(({ letters }) => Object.keys(letters)));
  assertEquals([...answers].sort(), ["cancelled", "delivered", "no-route", "timed-out"]);
});

Deno.test("campaign: with the settings as shipped one map within the cap, its jitter and 5 s", () => {
  for (let seed = 0; seed < 20; seed++) runCampaign(seed, { pace: BY_DEFAULT });
});

Deno.test("campaign: the same seed tells the same story", () => {
  assertEquals(runCampaign(7), runCampaign(7));
});

/** Takes every signature for a good one. */
class Gullible extends FastCrypto {
  override verify(): boolean {
    return true;
  }
}

Deno.test("campaign: a network that checks no signatures is found out", () => {
  const error = assertThrows(
    () => {
      for (let seed = 0; seed < 5; seed++) runCampaign(seed, { keys: new Gullible() });
    },
    Error,
    "Forged on a map",
  );
  assert(/seed \d+/.test(error.message), error.message);
});
