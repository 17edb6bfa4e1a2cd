import { HostError } from "../config/host.ts";
import type { Problem } from "../config/problem.ts";
import { folderOf } from "./path.ts";

/**
 * A file that could not be read, as a problem.
 *
 * @param error as the host threw it; what is no {@linkcode HostError} is thrown on
 * @param advice what to do when it does not exist
 */
export function readProblem(error: unknown, file: string, advice: string): Problem {
  if (!(error instanceof HostError)) throw error;
  switch (error.kind) {
    case "not-found":
      return { message: `File not found, ${advice}`, file };
    case "not-permitted":
      return { message: `${error.detail}; ${permissionAdvice(folderOf(file))}`, file };
    case "exposed":
      return {
        message: `Open to other users (mode ${error.detail}, wanted 0600), run "chmod 600 ${file}"`,
        file,
      };
    case "other":
      return { message: `Cannot be read: ${error.detail}`, file };
    default:
      return error.kind satisfies never;
  }
}

/** Deno's own hint, a lone --allow-read, would take away the folders that are allowed already. */
export function permissionAdvice(folder: string): string {
  return `put "${folder}" into read of permissions.node in deno.json, or run deno with ` +
    `-P=node --allow-read=config,profiles,${folder}; a folder of reports needs the same for write`;
}
