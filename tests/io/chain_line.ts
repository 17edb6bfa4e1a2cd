/** A line of members in one process, with real sockets and real servers. */

import { formatAddress } from "../../src/base/address.ts";
import type { MemberNotice } from "../../src/chain/member_notice.ts";
import type { ChainMember } from "../../src/io/chain_member.ts";
import { joinChain, type JoinOptions } from "../../src/io/join_chain.ts";
import { openRendezvous, type Rendezvous } from "../../src/io/rendezvous.ts";
import { until } from "./until.ts";

/** One member, and what it was told. */
export interface Joined {
  member: ChainMember;
  notices: MemberNotice[];
  heard: string[];
}

export class ChainLine implements AsyncDisposable {
  readonly servers: Rendezvous;
  readonly #opened: AsyncDisposableStack;

  constructor(servers: Rendezvous, opened: AsyncDisposableStack) {
    this.servers = servers;
    this.#opened = opened;
  }

  static async open(host = "127.0.0.1"): Promise<ChainLine> {
    const at = formatAddress({ host, port: 0 });
    const servers = await openRendezvous({ chain: at, repair: at, echo: at });
    const opened = new AsyncDisposableStack();
    opened.use(servers);
    return new ChainLine(servers, opened);
  }

  async join(label: string, options: Partial<JoinOptions> = {}): Promise<Joined> {
    const { chain, repair, echo } = this.servers;
    const member = this.#opened.use(
      await joinChain({
        chain,
        repair,
        echo,
        label,
        keepAliveMs: 100,
        lostAfterMs: 400,
        ...options,
      }),
    );
    const joined: Joined = { member, notices: [], heard: [] };
    member.watch((notice) => joined.notices.push(notice));
    member.listen(({ content }) => joined.heard.push(new TextDecoder().decode(content)));
    return joined;
  }

  /** Members with these labels, in this order. */
  async grow(...labels: string[]): Promise<Joined[]> {
    const members: Joined[] = [];
    for (const label of labels) {
      const joined = await this.join(label);
      members.push(joined);
      await untilLine(members, ...labels.slice(0, members.length));
    }
    return members;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.disposeAsync();
  }
}

/** The line as a member knows it. */
export function lineOf({ member }: Joined): string[] {
  return member.status().line.map(({ label }) => label);
}

/** Waits until all of these know that line. */
export async function untilLine(members: readonly Joined[], ...labels: string[]): Promise<void> {
  await until(() => members.every((each) => lineOf(each).join() === labels.join()));
}
