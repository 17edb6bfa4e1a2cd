/**
 * The schema of the control socket's lines, for other programs. Requests are closed: a node refuses
 * what it does not know. What a node says is open: a later one may say more without a new version,
 * and `--json` adds the version to it.
 */

import * as z from "zod";
import { CONTROL_VERSION, ERROR_CODES, type Method, METHODS } from "./methods.ts";

type JsonSchema = z.core.JSONSchema.BaseSchema;

const number = z.int().nonnegative();

const hello = z.object({
  hello: z.object({
    id: z.string(),
    label: z.string(),
    version: z.string().describe("Of the program"),
  }),
}).describe("What a node says first");

const error = z.object({
  id: number.nullable().describe(
    "Of the request that was not carried out; null where it is of none",
  ),
  error: z.object({
    code: z.enum(ERROR_CODES),
    message: z.string().describe("One sentence for people"),
    candidates: z.array(z.object({ id: z.string(), label: z.string() })).optional()
      .describe("For ambiguous-peer: whom it can mean"),
  }),
}).describe("Why a request was not carried out");

const cancel = z.strictObject({ id: number, cancel: z.literal(true) })
  .describe("Ends a request that is still going on; its result comes then");

/**
 * JSON Schema (draft 2020-12) of any one line. Among its `$defs` are, for a method such as `send`, the
 * shapes `send.params` and `send.result`, and `inbox.event` where a method has events.
 */
export function controlSchema(): JsonSchema {
  const methods = Object.entries<Method>(METHODS);
  const shapes: Record<string, JsonSchema> = {};
  for (const [name, { help, params, result, event }] of methods) {
    shapes[`${name}.params`] = { description: `Of ${name}: ${help}`, ...schemaOf(params) };
    shapes[`${name}.result`] = opened(schemaOf(result));
    if (event !== undefined) shapes[`${name}.event`] = opened(schemaOf(event));
  }
  const refs = (part: string) =>
    Object.keys(shapes).filter((name) => name.endsWith(`.${part}`)).map(refTo);
  const lines = {
    hello: line(schemaOf(hello)),
    request: { description: "What a program asks for", anyOf: methods.map(requestOf) },
    cancel: line(schemaOf(cancel)),
    event: line(carrying("event", refs("event"), "What comes before the result")),
    result: line(carrying("result", refs("result"), "The end of a request")),
    error: line(schemaOf(error)),
  };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A line of the control socket of area-net",
    anyOf: Object.keys(lines).map(refTo),
    $defs: { ...lines, ...shapes },
  };
}

function requestOf([name, { params }]: [string, Method]): JsonSchema {
  const needsParams = !params.safeParse({}).success;
  return line({
    type: "object",
    properties: {
      id: schemaOf(number.describe("Free while the request is under way")),
      method: { const: name },
      params: refTo(`${name}.params`),
    },
    required: ["id", "method", ...needsParams ? ["params"] : []],
    additionalProperties: false,
  });
}

function carrying(key: "event" | "result", anyOf: JsonSchema[], description: string): JsonSchema {
  const properties = { id: schemaOf(number.describe("Of the request")), [key]: { anyOf } };
  return { description, type: "object", properties, required: ["id", key] };
}

/** Adds to an object what every line has. */
function line({ properties, required = [], ...rest }: JsonSchema): JsonSchema {
  const v = { const: CONTROL_VERSION };
  return { ...rest, properties: { v, ...properties }, required: ["v", ...required] };
}

function refTo(name: string): JsonSchema {
  return { $ref: `#/$defs/${name}` };
}

/** Takes away that there may be nothing else, at every depth. */
function opened(schema: JsonSchema): JsonSchema {
  const text = JSON.stringify(
    schema,
    (key, value) => key === "additionalProperties" ? undefined : value,
  );
  return JSON.parse(text);
}

function schemaOf(type: z.ZodType): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io: "input" });
  return schema;
}
