/** Paths as users write them, with either slash. */

/** `name` below `folder`, without a needless `./`. */
export function joinPath(folder: string, name: string): string {
  const plain = folder.replace(/^(\.[\\/]+)+/, "").replace(/(?<=.)[\\/]+$/, "");
  if (plain === "" || plain === ".") return name;
  return /[\\/]$/.test(plain) ? plain + name : `${plain}/${name}`;
}

/** The folder that a path lies in; `.` when it names none. */
export function folderOf(path: string): string {
  const slash = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  if (slash < 0) return ".";
  return slash === 0 ? path.slice(0, 1) : path.slice(0, slash);
}
