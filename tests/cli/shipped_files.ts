import bobJson from "../../profiles/bob/bob.json" with { type: "text" };
import bobToml from "../../config/network/bob.toml" with { type: "text" };
import defaultJson from "../../profiles/default.json" with { type: "text" };
import defaultToml from "../../config/network/default.toml" with { type: "text" };

/** Files of the repository under their own paths, for a host in memory. */
export const SHIPPED_FILES = {
  "config/network/default.toml": defaultToml,
  "config/network/bob.toml": bobToml,
  "profiles/default.json": defaultJson,
  "profiles/bob/bob.json": bobJson,
};
