/** Folders that are gone when their test is over. */

/** A fresh folder, removed when disposed of. */
export class TempFolder implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "area-net-" });

  /** Writes a file that nobody else may read, unless another mode is given. */
  write(name: string, text: string, mode = 0o600): string {
    const path = `${this.path}/${name}`;
    Deno.writeTextFileSync(path, text, { mode });
    // The mask of the process takes away from the mode of a new file.
    if (Deno.build.os !== "windows") Deno.chmodSync(path, mode);
    return path;
  }

  read(name: string): string {
    return Deno.readTextFileSync(`${this.path}/${name}`);
  }

  names(): string[] {
    return Array.from(Deno.readDirSync(this.path), ({ name }) => name).sort();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
