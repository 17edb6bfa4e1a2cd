/**
 * Looks for texts in all readable memory of another process, as a program of its own: what it looks
 * for must be in no memory but that of who is suspected. Run it with the process id and the texts; it
 * prints what it found in JSON. Linux alone has such memory to read, for who may read it.
 */

/** What a search came to. */
export interface MemoryFindings {
  /** Bytes that were looked at, and that should have been. */
  read: number;
  unread: number;
  /** In which of its forms each text stands there. */
  forms: TextForm[][];
}

export type TextForm = "utf8" | "utf16";

/** Where a region begins and ends. */
interface Region {
  from: number;
  to: number;
}

const CHUNK_BYTES = 4 * 1_048_576;

/** Maps of the kernel's own, which cannot be read like others. */
const KERNEL_MAPS = /\[(vvar|vvar_vclock|vsyscall)\]/;

if (import.meta.main) {
  const [pid = "", ...texts] = Deno.args;
  console.log(JSON.stringify(searchMemory(Number(pid), texts)));
}

/** @throws {Deno.errors.PermissionDenied} where the memory may not be read */
function searchMemory(pid: number, texts: readonly string[]): MemoryFindings {
  using memory = Deno.openSync(`/proc/${pid}/mem`);
  const needles = texts.map((text) => [["utf8", text], ["utf16", widened(text)]] as const);
  const overlap = Math.max(...texts.map((text) => widened(text).length));
  const found = texts.map(() => new Set<TextForm>());
  let [read, unread] = [0, 0];
  for (const { from, to } of readableRegions(pid)) {
    unread += to - from;
    for (const { bytes, added } of chunksOf(memory, { from, to }, overlap)) {
      read += added;
      unread -= added;
      const characters = new TextDecoder("latin1").decode(bytes);
      for (const [at, forms] of needles.entries()) {
        for (const [form, needle] of forms) if (characters.includes(needle)) found[at]?.add(form);
      }
    }
  }
  return { read, unread, forms: found.map((forms) => [...forms]) };
}

/** A text in UTF-16, each byte of which stands as a character of its own. */
export function widened(text: string): string {
  return Array.from(text, (character) => `${character}\0`).join("");
}

function readableRegions(pid: number): Region[] {
  return Deno.readTextFileSync(`/proc/${pid}/maps`).split("\n").flatMap((line) => {
    const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) r/.exec(line) ?? [];
    if (from === undefined || to === undefined || KERNEL_MAPS.test(line)) return [];
    return { from: parseInt(from, 16), to: parseInt(to, 16) };
  });
}

/** The bytes of a region, each time with those before in which the beginning of a text may stand. */
function* chunksOf(memory: Deno.FsFile, { from, to }: Region, overlap: number) {
  const buffer = new Uint8Array(CHUNK_BYTES);
  let kept = 0;
  for (let at = from; at < to;) {
    memory.seekSync(at, Deno.SeekMode.Start);
    const length = readSome(memory, buffer.subarray(kept, Math.min(CHUNK_BYTES, kept + to - at)));
    if (length === 0) return;
    yield { bytes: buffer.subarray(0, kept + length), added: length };
    at += length;
    const end = kept + length;
    kept = Math.min(overlap - 1, end);
    buffer.copyWithin(0, end - kept, end);
  }
}

/** How many bytes could be read; none where the region has gone or lies on a device. */
function readSome(memory: Deno.FsFile, into: Uint8Array): number {
  try {
    return memory.readSync(into) ?? 0;
  } catch {
    return 0;
  }
}
