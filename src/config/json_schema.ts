/** The schema of the configuration files for editors and other programs. */

import * as z from "zod";
import { ALIASES } from "./keys.ts";
import { configSchema } from "./schema.ts";

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** JSON Schema (draft 2020-12) of a configuration file, with descriptions and defaults. */
export function configJsonSchema(): JsonSchema {
  const schema: JsonSchema = z.toJSONSchema(configSchema, {
    io: "input",
    override: ({ jsonSchema }) => {
      // The default of a table is that of its keys: "{}" would only say so once more.
      if (jsonSchema.type === "object") delete jsonSchema.default;
    },
  });
  for (const [alias, key] of ALIASES) addAlias(schema, alias.split("."), key);
  return { title: "Configuration of area-net", ...schema };
}

function addAlias(schema: JsonSchema, path: readonly string[], key: string): void {
  const [part = "", ...rest] = path;
  const properties = schema.properties ??= {};
  const below = properties[part];
  if (typeof below === "object") addAlias(below, rest, key);
  else properties[part] = { type: "string", deprecated: true, description: `Same as ${key}.` };
}
