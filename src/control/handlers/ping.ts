/**
 * Round trips through the network, one probe after another.
 *
 * A probe leaves each interval whether or not the one before was answered, as people know it from
 * ping(8), so that a dead node costs one timeout and not one a probe. An interval of 0 means that each
 * answer sets off the next probe.
 */

import type { Cancel } from "../../base/ports.ts";
import type { Outcome } from "../../messaging/outcome.ts";
import type { Named } from "../../report/visible.ts";
import type { Answer, Context, Handler, Ongoing, Parsed } from "../handler.ts";
import type { Result } from "../methods.ts";
import { showOutcome } from "./content.ts";
import { isSelf } from "./links.ts";

/** Most probes under way; with a short interval and a long timeout there would be no end of them. */
const MAX_IN_FLIGHT = 64;

export const ping: Handler<"ping"> = (context, params, answer) => {
  const { peers } = context;
  const to = peers.find(params.peer);
  if (to.id === peers.self.id) throw isSelf(peers.self, "ping", "another node");
  const pings = new Pings(context, to, params, answer);
  pings.begin();
  return pings;
};

class Pings implements Ongoing<"ping"> {
  readonly #context: Context;
  readonly #to: Named;
  readonly #params: Parsed<"ping">;
  readonly #answer: Answer<"ping">;
  readonly #maxInFlight: number;
  readonly #rtts = { count: 0, sum: 0, min: Infinity, max: 0 };
  #path: Result<"ping">["path"] = null;
  #sent = 0;
  #ended = 0;
  /** Whether the next probe's time has come, and only the many under way hold it back. */
  #isDue = false;
  #isStopped = false;
  #cancel: Cancel = () => {};

  constructor(context: Context, to: Named, params: Parsed<"ping">, answer: Answer<"ping">) {
    this.#context = context;
    this.#to = to;
    this.#params = params;
    this.#answer = answer;
    this.#maxInFlight = params.interval_ms === 0 ? 1 : MAX_IN_FLIGHT;
  }

  begin(): void {
    this.#probe();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  resultSoFar(): Result<"ping"> {
    const { count, sum, min, max } = this.#rtts;
    const { id, label } = this.#to;
    return {
      to: { id, label },
      sent: this.#sent,
      received: count,
      min_us: count === 0 ? null : min,
      avg_us: count === 0 ? null : Math.round(sum / count),
      max_us: count === 0 ? null : max,
      path: this.#path,
    };
  }

  #probe(): void {
    const { node, clock } = this.#context;
    const { count, interval_ms: intervalMs, timeout_ms: timeoutMs } = this.#params;
    this.#isDue = false;
    const seq = ++this.#sent;
    // The next one always comes by the clock: an outcome may be there before `probe` returns.
    if (seq < count) {
      this.#cancel = clock.wakeAt(clock.now() + intervalMs, () => {
        if (this.#sent - this.#ended < this.#maxInFlight) this.#probe();
        else this.#isDue = true;
      });
    }
    node.probe(this.#to.id, timeoutMs, (outcome) => {
      this.#learn(seq, outcome);
    });
  }

  #learn(seq: number, outcome: Outcome): void {
    if (this.#isStopped) return;
    this.#ended++;
    const shown = showOutcome(this.#to, outcome, this.#context.peers);
    if (shown.rtt_us !== undefined) this.#count(shown.rtt_us);
    if (shown.path !== undefined) this.#path = shown.path;
    this.#answer.event({ ...shown, seq });
    if (this.#ended === this.#params.count) this.#answer.result(this.resultSoFar());
    else if (this.#isDue && !this.#isStopped) this.#probe();
  }

  #count(rttUs: number): void {
    const rtts = this.#rtts;
    rtts.count++;
    rtts.sum += rttUs;
    rtts.min = Math.min(rtts.min, rttUs);
    rtts.max = Math.max(rtts.max, rttUs);
  }
}
