/** The system's errors about files, in words that say what to mend. */

const WORDS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EDQUOT: "the disk quota is used up",
  EEXIST: "a file is in the way of a folder",
  EIO: "the disk fails",
  EISDIR: "a folder is in the way of a file",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "there is no such file or folder",
  ENOSPC: "the disk is full",
  ENOTDIR: "a file is in the way of a folder",
  ENOTEMPTY: "a folder is in the way of a file",
  EPERM: "the operation is not permitted",
  EROFS: "the file system is read-only",
};

/**
 * Deno's own advice. One lone flag would take away what the permission set of `deno.json` grants, so
 * who shows the message says what to do.
 */
const FLAG_ADVICE = /, run again with the --allow-\w+ flag$/;

/** Why something could not be done with a file: a few words to follow a colon. */
export function describeFileError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof Deno.errors.NotCapable) {
    const words = error.message.replace(FLAG_ADVICE, "");
    return `Deno ${words.charAt(0).toLowerCase()}${words.slice(1)}`;
  }
  const words = "code" in error ? WORDS[String(error.code)] : undefined;
  return words ?? error.message;
}
