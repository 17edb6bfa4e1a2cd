/**
 * A node that lies. It shakes hands as it should, with a key that it really holds, brings links up in
 * both directions, answers heartbeats, and tells lies about itself and others. When it is found out it
 * comes back, sometimes under the same key, mostly under a new one.
 */

import { type Address, formatAddress } from "../../src/base/address.ts";
import type { NodeId } from "../../src/base/node_id.ts";
import type { Connection, ConnectionHandler, Remote, Signer } from "../../src/base/ports.ts";
import { randomInt, type SeededRandom } from "../../src/base/random.ts";
import { Session, type SessionEvent } from "../../src/session/session.ts";
import type { KeyMaker } from "../../src/sim/fast_crypto.ts";
import type { SimHost } from "../../src/sim/host.ts";
import type { Introduction } from "../../src/wire/link.ts";
import {
  type Advertisement,
  type CarriedAdvertisement,
  decodeAdvertisement,
  encodeTopologyMessage,
  peekAdvertisement,
} from "../../src/wire/topology.ts";
import { type Lie, LIES, signed } from "./campaign_lies.ts";

/** What a liar is made of. */
export interface LiarOptions {
  host: SimHost;
  keys: KeyMaker;
  random: SeededRandom;
  /** Where honest nodes listen at the moment. */
  victims(): readonly Address[];
}

/** One connection with an honest node. */
interface Line {
  session: Session;
  dialled: boolean;
  /** The honest end, once there is one. */
  remote?: Remote;
  connection?: Connection;
}

const PORT = 8083;
const PERIOD_MS = 200;
const WANTED_LINES = 3;
const SESSION = { handshakeTimeoutMs: 2_000, heartbeatPeriodMs: 1_000, heartbeatTimeoutMs: 5_000 };

/** Truths kept to be changed or told again later. */
const MAX_HEARD = 200;

export class Liar {
  /** Every id that it ever had. */
  readonly ids = new Set<NodeId>();
  /** How often it told each lie to somebody who had let it in. */
  readonly told = new Map<Lie, number>();
  readonly address: Address;
  readonly #options: LiarOptions;
  readonly #lines = new Set<Line>();
  #heard: CarriedAdvertisement[] = [];
  #signer: Signer;
  #sequence = 0;
  #isFoundOut = false;

  constructor(options: LiarOptions) {
    this.#options = options;
    this.address = formatAddress({ host: options.host.ip, port: PORT });
    this.#signer = this.#newKey();
  }

  /** Begins to listen, to dial and to lie, and never ends. */
  start(): void {
    const { host } = this.#options;
    host.listen(this.address, {
      listening: () => this.#live(),
      failed() {},
      refused() {},
      accepted: (connection, remote) => {
        const session = Session.listen(host.now(), SESSION, remote.id);
        return this.#handlerOf({ session, dialled: false, remote, connection });
      },
    });
  }

  #live(): void {
    const { host, random } = this.#options;
    host.wakeAt(host.now() + PERIOD_MS, () => this.#live());
    if (this.#isFoundOut && random.next() < 0.7) this.#changeKey();
    this.#isFoundOut = false;
    for (const line of [...this.#lines]) {
      line.session.handleTime(host.now());
      if (line.session.isUp && random.next() < 0.4) this.#lie(line);
      this.#drain(line);
    }
    if (this.#lines.size < WANTED_LINES) this.#dial();
  }

  #dial(): void {
    const { host, victims } = this.#options;
    const address = this.#pick(victims());
    if (address === undefined) return;
    const line: Line = { session: Session.dial(host.now(), SESSION), dialled: true };
    line.connection = host.dial(address, this.#handlerOf(line));
  }

  #handlerOf(line: Line): ConnectionHandler {
    const { host } = this.#options;
    const { session } = line;
    this.#lines.add(line);
    return {
      opened: (remote) => {
        line.remote = remote;
        session.handleOpened(this.#introduction(remote), true, remote.id);
        this.#drain(line);
      },
      received: (bytes) => {
        session.handleBytes(host.now(), bytes);
        this.#drain(line);
      },
      drained() {},
      closed: (error) => {
        session.handleClosed(error);
        this.#drain(line);
      },
    };
  }

  /** Sends what the session has to send, and goes along with whatever the other side says. */
  #drain(line: Line): void {
    const { session } = line;
    for (;;) {
      for (const bytes of session.takeFrames()) line.connection?.send(bytes);
      const events = session.takeEvents();
      if (events.length === 0) return;
      for (const event of events) this.#handleEvent(line, event);
    }
  }

  #handleEvent(line: Line, event: SessionEvent): void {
    const { session, remote, connection } = line;
    switch (event.type) {
      case "hello":
        return session.accept(this.#introduction(remote as Remote));
      case "welcome":
        return session.confirm(this.#options.host.now());
      case "up":
        return this.#ingratiate(session);
      case "message":
        return this.#listen(event.message);
      case "closed":
        this.#lines.delete(line);
        connection?.close();
        this.#isFoundOut ||= event.reason.type !== "connection";
    }
  }

  /** Mostly what is true; at times the id of another, or a change of key that never was. */
  #introduction({ address: seenAt }: Remote): Introduction {
    const { random } = this.#options;
    const { id } = this.#signer;
    const introduction: Introduction = {
      network: "area-net",
      id,
      instance: random.uint32(),
      label: "liar",
      addresses: [this.address],
      capabilities: [],
      seenAt,
      proof: new Uint8Array(0),
      successions: [],
    };
    const heard = this.#pick(this.#heard);
    if (heard === undefined || random.next() < 0.8) return introduction;
    const other = decodeAdvertisement(heard.body);
    if (random.next() < 0.5) return { ...introduction, id: other.id };
    const { publicKey: newKey } = this.#signer;
    const { publicKey: oldKey } = other;
    const succession = { oldKey, newKey, atMs: other.sequence, signature: heard.signature };
    return { ...introduction, successions: [succession] };
  }

  /** Asks for all that the other side knows, and shows itself as an honest node would. */
  #ingratiate(session: Session): void {
    session.send(encodeTopologyMessage({ type: "index", entries: [] }));
    this.#send(session, signed(this.#signer, this.#own()));
  }

  #listen(message: (SessionEvent & { type: "message" })["message"]): void {
    if (message.type !== "advertisements") return;
    const copies = message.carried.map(({ body, signature }) => ({
      body: body.slice(),
      signature: signature.slice(),
    }));
    const others = copies.filter(({ body }) => !this.ids.has(peekAdvertisement(body).id));
    this.#heard.push(...others);
    const { random } = this.#options;
    while (this.#heard.length > MAX_HEARD) this.#heard.splice(randomInt(random, MAX_HEARD), 1);
  }

  #lie({ session }: Line): void {
    const { random } = this.#options;
    const heard = this.#pick(this.#heard);
    if (heard === undefined) return;
    const lie = this.#pick(Object.keys(LIES) as Lie[]) as Lie;
    const others = [...new Set(this.#heard.map(({ body }) => peekAdvertisement(body).id))];
    const material = { signer: this.#signer, random, heard, own: this.#own(), others };
    this.#send(session, LIES[lie](material));
    this.told.set(lie, (this.told.get(lie) ?? 0) + 1);
  }

  #send(session: Session, carried: CarriedAdvertisement): void {
    session.send(encodeTopologyMessage({ type: "advertisements", carried: [carried] }));
  }

  /** What an honest node in its place would say. */
  #own(): Advertisement {
    const { host } = this.#options;
    this.#sequence = Math.max(this.#sequence + 1, Math.floor(host.wall()));
    const links = [...this.#lines].flatMap(({ session: { isUp, peer }, dialled }) =>
      isUp && peer !== undefined ? [{ peer: peer.id, dialled, rttUs: 1_000 }] : []
    );
    return {
      id: this.#signer.id,
      sequence: this.#sequence,
      publicKey: this.#signer.publicKey,
      label: "liar",
      addresses: [this.address],
      left: false,
      links,
      successions: [],
      sealingKey: new Uint8Array(0),
    };
  }

  #changeKey(): void {
    for (const { session, connection } of this.#lines) {
      session.handleClosed();
      connection?.close();
    }
    this.#lines.clear();
    this.#signer = this.#newKey();
  }

  #newKey(): Signer {
    const { host, keys, random } = this.#options;
    const signer = keys.newSigner(random);
    this.ids.add(signer.id);
    host.id = signer.id;
    return signer;
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[randomInt(this.#options.random, items.length)];
  }
}
