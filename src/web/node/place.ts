/**
 * Which of a browser's nodes a tab is. All tabs of a page share what the browser keeps, but each is a
 * node of its own, and two nodes must never have one key. So there are numbered places, each with its
 * own key, and a tab takes the first one that no living tab holds. After a reload it asks for the one
 * that it had, and so stays who it was.
 *
 * Where the browser has locks (in pages of secure origins, loopback among them), a place is a lock: it
 * comes free when its tab ends, whatever ends it. Elsewhere tabs ask one another over a broadcast
 * channel, and a place is free when nobody objects in time. A tab that the browser has frozen does not
 * object: then two have one key, until it wakes and the network turns one of them away.
 */

/** A place that a tab holds. */
export interface Place {
  number: number;
  /** Gives it back. What ends with the tab need not be given back. */
  release(): void;
}

/** How places are held. Answers undefined when somebody else holds it. */
export type Hold = (number: number, isOwn: boolean) => Promise<Place | undefined>;

/** Tabs of one page that are nodes at the same time. */
const MAX_PLACES = 1_000;

/** After a reload the old page may take this long to end, in milliseconds. */
const RELOAD_MS = 1_000;

/** How long others have for objecting, in milliseconds. */
const OBJECTION_MS = 250;

const KEPT_AS = "area-net place";
const NAME = "area-net place";

/**
 * Takes a place.
 *
 * @param hold how; by default as the browser allows it
 * @throws {Error} by rejecting, when a thousand tabs hold one each
 */
export async function takePlace(hold: Hold = holdInBrowser()): Promise<Place> {
  const own = keptNumber();
  const place = own === undefined ? undefined : await hold(own, true);
  const taken = place ?? await firstFree(hold);
  keepNumber(taken.number);
  return taken;
}

async function firstFree(hold: Hold): Promise<Place> {
  for (let number = 0; number < MAX_PLACES; number++) {
    const place = await hold(number, false);
    if (place !== undefined) return place;
  }
  throw new Error(`${MAX_PLACES} tabs are nodes already, the most allowed: close one of them`);
}

function holdInBrowser(): Hold {
  return "locks" in navigator ? holdByLock : holdByAsking(new BroadcastChannel(NAME));
}

/** Whose place it was waits a moment for it: a page that is reloaded begins before it has ended. */
async function holdByLock(number: number, isOwn: boolean): Promise<Place | undefined> {
  const { promise: taken, resolve } = Promise.withResolvers<Place | undefined>();
  const { promise: over, resolve: release } = Promise.withResolvers<void>();
  const options = isOwn ? { signal: AbortSignal.timeout(RELOAD_MS) } : { ifAvailable: true };
  navigator.locks.request(`${NAME} ${number}`, options, (lock) => {
    if (lock === null) return resolve(undefined);
    resolve({ number, release });
    return over;
  }).catch(() => resolve(undefined));
  return await taken;
}

/**
 * What tabs say to one another. Of two that ask at once, the one with the higher token gets it; of equals
 * neither. Who holds a place has the highest of all.
 */
type Word = { type: "ask" | "object"; number: number; token: number };

/** Holds places by asking over a channel whether anybody objects, for as long as the channel is open. */
export function holdByAsking(channel: BroadcastChannel): Hold {
  const tokens = new Map<number, number>();
  const objections = new Set<number>();
  channel.addEventListener("message", ({ data }: MessageEvent<Word>) => {
    const own = tokens.get(data.number);
    if (own === undefined) return;
    if (data.type === "ask" && data.token <= own) {
      channel.postMessage({ type: "object", number: data.number, token: own } satisfies Word);
    }
    if (data.token >= own) objections.add(data.number);
  });
  return async (number) => {
    const token = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    tokens.set(number, token);
    objections.delete(number);
    channel.postMessage({ type: "ask", number, token } satisfies Word);
    await new Promise((resolve) => setTimeout(resolve, OBJECTION_MS));
    const release = () => void tokens.delete(number);
    if (!objections.has(number)) {
      // From now on nobody has a higher one.
      tokens.set(number, Infinity);
      return { number, release };
    }
    release();
    return undefined;
  };
}

/** The place that this tab had before it was reloaded. A browser may keep nothing for a page. */
function keptNumber(): number | undefined {
  try {
    const number = Number(sessionStorage.getItem(KEPT_AS) ?? NaN);
    return Number.isInteger(number) && number >= 0 && number < MAX_PLACES ? number : undefined;
  } catch {
    return undefined;
  }
}

function keepNumber(number: number): void {
  try {
    sessionStorage.setItem(KEPT_AS, String(number));
  } catch {
    // As above.
  }
}
