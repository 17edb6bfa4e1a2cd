/**
 * What can be asked over a control socket, as a type: a table of methods. A node has one, and so has a
 * member of a line; requests, replies and all that carries them are the same for both.
 */

import type * as z from "zod";

/** One method. */
export interface Method {
  /** One line: what it does. */
  readonly help: string;
  readonly params: z.ZodObject;
  readonly result: z.ZodObject;
  /** What may come any number of times before the result. */
  readonly event?: z.ZodObject;
}

/** Methods by their names. */
export type MethodTable = Readonly<Record<string, Method>>;

/** The name of a method of a table. */
export type NameIn<T extends MethodTable> = keyof T & string;

/** The parameters of a method, as a caller gives them: what has a default may be left out. */
export type ParamsIn<T extends MethodTable, M extends keyof T> = z.input<T[M]["params"]>;

/** The same as its handler gets them, with every default filled in. */
export type ParsedIn<T extends MethodTable, M extends keyof T> = z.output<T[M]["params"]>;

/** The result of a method. */
export type ResultIn<T extends MethodTable, M extends keyof T> = z.output<T[M]["result"]>;

/** The event of a method; `never` for those that have none. */
export type EventIn<T extends MethodTable, M extends keyof T> = T[M] extends
  { event: infer E extends z.ZodType } ? z.output<E>
  : never;
