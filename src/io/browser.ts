/** Starting the user's browser, where that is possible and permitted. */

/**
 * Opens an address in the user's browser.
 *
 * @returns whether a program was started for it; what that program does is its own affair
 */
export async function openBrowser(url: string): Promise<boolean> {
  const [command, ...args] = programFor(Deno.build.os, url);
  try {
    // To ask somebody for the permission would be more than they asked for.
    const { state } = await Deno.permissions.query({ name: "run", command });
    if (state !== "granted") return false;
    const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
    new Deno.Command(command, { args, ...quiet }).spawn().unref();
    return true;
  } catch {
    // There is no such program, or Deno does not let it be started.
    return false;
  }
}

/** The program that every system has for it, and what it is given. */
export function programFor(os: typeof Deno.build.os, url: string): [string, ...string[]] {
  if (os === "windows") return ["cmd", "/c", "start", "", url];
  return [os === "darwin" ? "open" : "xdg-open", url];
}
