/** Requests as they come from outside, checked once before anything acts on them. */

import { z } from "zod";
import { nearest } from "../config/nearest.ts";
import { ControlError } from "./client.ts";
import type { Parsed } from "./handler.ts";
import { CONTROL_VERSION, type ControlFault, type MethodName, METHODS } from "./methods.ts";
import { objection, showValue, type Subject } from "./objection.ts";

/** What a line of a client asks for, or what is wrong with it. */
export type ReadRequest =
  | { id: number; method: MethodName; params: unknown }
  | { id: number; cancel: true }
  | { id: number | null; fault: ControlFault };

/** Comparing names takes the product of their lengths. */
const LONGEST_MISSPELLING = 64;

const METHOD_NAMES = Object.keys(METHODS);

const id = z.int().nonnegative();

/** The version is looked at before: another one may be of another shape. */
const requestSchema = z.strictObject({
  v: z.number(),
  id,
  method: z.string().optional(),
  params: z.unknown().optional(),
  cancel: z.literal(true).optional(),
});

const REQUEST: Subject = {
  whole: "The request",
  nameOf: (field) => `Field ${field} of a request`,
  fields: Object.keys(requestSchema.shape),
  none: "no fields",
};

/**
 * Reads a request of any shape.
 *
 * @param version of the program that the node runs
 */
export function readRequest(request: unknown, version: string): ReadRequest {
  const theirs = fieldOf(request, "v");
  if (typeof theirs === "number" && theirs !== CONTROL_VERSION) {
    const message = `The request is of version ${theirs} of the control protocol, wanted version ` +
      `${CONTROL_VERSION}, which area-net ${version} speaks: use the program that the node runs`;
    return { id: idOf(request), fault: { code: "version", message } };
  }
  const { data, error } = requestSchema.safeParse(request);
  const [issue] = error?.issues ?? [];
  if (issue !== undefined) return bad(request, objection(issue, request, REQUEST));
  if (data === undefined) return bad(request, "The request cannot be read");
  const { id, method, params, cancel } = data;
  if (method === undefined) {
    return cancel
      ? { id, cancel }
      : bad(request, "The request holds neither a method nor cancel, wanted one of them");
  }
  if (cancel) return bad(request, "The request holds both a method and cancel, wanted one of them");
  if (isMethod(method)) return { id, method, params };
  return { id, fault: { code: "unknown-method", message: unknownMethod(method) } };
}

/**
 * The parameters of a method, checked and with every default filled in.
 *
 * @throws {ControlError} naming the first that cannot be used
 */
export function readParams<M extends MethodName>(method: M, params: unknown = {}): Parsed<M> {
  const schema: z.ZodType = METHODS[method].params;
  const { data, error } = schema.safeParse(params);
  const [issue] = error?.issues ?? [];
  if (issue === undefined) return data as Parsed<M>;
  const message = objection(issue, params, {
    whole: `What was given to ${method}`,
    nameOf: (field) => `Parameter ${field} of ${method}`,
    fields: Object.keys(METHODS[method].params.shape),
    none: "no parameters",
  });
  throw new ControlError({ code: "bad-request", message });
}

function isMethod(name: string): name is MethodName {
  return Object.hasOwn(METHODS, name);
}

function unknownMethod(name: string): string {
  const meant = name.length > LONGEST_MISSPELLING ? undefined : nearest(name, METHOD_NAMES);
  const advice = meant === undefined
    ? `wanted one of ${METHOD_NAMES.join(", ")}`
    : `did you mean ${showValue(meant)}?`;
  return `No method is called ${showValue(name)}, ${advice}`;
}

function bad(request: unknown, message: string): ReadRequest {
  return { id: idOf(request), fault: { code: "bad-request", message } };
}

/** The number that a faulty request bears, if it bears one, so that its sender can tell. */
function idOf(request: unknown): number | null {
  return id.safeParse(fieldOf(request, "id")).data ?? null;
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
