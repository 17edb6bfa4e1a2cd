/** Requests as they come from outside, checked once before anything acts on them. */

import * as z from "zod";
import { nearest } from "../config/nearest.ts";
import { ControlError } from "./client.ts";
import type { MethodTable, NameIn, ParsedIn } from "./method_table.ts";
import { CONTROL_VERSION, type ControlFault } from "./methods.ts";
import { objection, showValue, type Subject } from "./objection.ts";

/** What a line of a client asks for, or what is wrong with it. */
export type ReadRequest<T extends MethodTable> =
  | { id: number; method: NameIn<T>; params: unknown }
  | { id: number; cancel: true }
  | { id: number | null; fault: ControlFault };

/** Comparing names takes the product of their lengths. */
const LONGEST_MISSPELLING = 64;

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
 * @param methods those that can be asked for
 */
export function readRequest<T extends MethodTable>(
  request: unknown,
  version: string,
  methods: T,
): ReadRequest<T> {
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
  if (isIn(methods, method)) return { id, method, params };
  return { id, fault: { code: "unknown-method", message: unknownMethod(method, methods) } };
}

/**
 * The parameters of a method, checked and with every default filled in.
 *
 * @throws {ControlError} naming the first that cannot be used
 */
export function readParams<T extends MethodTable, M extends NameIn<T>>(
  methods: T,
  method: M,
  params: unknown = {},
): ParsedIn<T, M> {
  const schema = methods[method]?.params;
  if (schema === undefined) throw new Error(`The table has no method ${method}`);
  const { data, error } = schema.safeParse(params);
  const [issue] = error?.issues ?? [];
  if (issue === undefined) return data as ParsedIn<T, M>;
  const message = objection(issue, params, {
    whole: `What was given to ${method}`,
    nameOf: (field) => `Parameter ${field} of ${method}`,
    fields: Object.keys(schema.shape),
    none: "no parameters",
  });
  throw new ControlError({ code: "bad-request", message });
}

function isIn<T extends MethodTable>(methods: T, name: string): name is NameIn<T> {
  return Object.hasOwn(methods, name);
}

function unknownMethod(name: string, methods: MethodTable): string {
  const names = Object.keys(methods);
  const meant = name.length > LONGEST_MISSPELLING ? undefined : nearest(name, names);
  const advice = meant === undefined
    ? `wanted one of ${names.join(", ")}`
    : `did you mean ${showValue(meant)}?`;
  return `No method is called ${showValue(name)}, ${advice}`;
}

function bad(request: unknown, message: string): { id: number | null; fault: ControlFault } {
  return { id: idOf(request), fault: { code: "bad-request", message } };
}

/** The number that a faulty request bears, if it bears one, so that its sender can tell. */
function idOf(request: unknown): number | null {
  return id.safeParse(fieldOf(request, "id")).data ?? null;
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
