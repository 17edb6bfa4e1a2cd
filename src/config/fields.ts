/**
 * The kinds of values a setting can have, as zod schemas. Each carries its default, a description
 * that `config/network/default.toml` and `docs/configuration.md` repeat word for word (a test says
 * so), and one message for whatever is wrong with a value: what was wanted instead.
 */

import * as z from "zod";
import { normalHost, parseAddress } from "../base/address.ts";
import { encodeUtf8 } from "../base/bytes.ts";
import { type NodeId, nodeIdToBytes } from "../base/node_id.ts";

/** What a setting holds. */
export type Value = string | number | boolean | readonly string[];

/** Bounds, both included. */
export interface Range {
  min: number;
  max: number;
}

/** Timers count at most 2^31 ms, and nothing useful happens more often than once in 1 ms. */
const DURATION_S: Range = { min: 0.001, max: 2_000_000 };

/** A whole number within `range`. */
export function whole(initial: number, { min, max }: Range, description: string) {
  const error = `wanted a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error })
    .default(initial).describe(description);
}

/** A duration in seconds, fractions allowed. */
export function seconds(initial: number, description: string) {
  const { min, max } = DURATION_S;
  const error = `wanted a number of seconds from ${min} to ${max}`;
  return z.number({ error }).min(min, { error }).max(max, { error })
    .default(initial).describe(description);
}

/** A duration in seconds, where 0 means never. */
export function secondsOrNever(initial: number, description: string) {
  const { max } = DURATION_S;
  const error = `wanted a number of seconds from 0 to ${max}`;
  return z.number({ error }).min(0, { error }).max(max, { error })
    .default(initial).describe(description);
}

/** On or off. */
export function flag(initial: boolean, description: string) {
  return z.boolean({ error: "wanted true or false" }).default(initial).describe(description);
}

/** One of a few words. */
export function choice<const Words extends readonly [string, ...string[]]>(
  words: Words,
  initial: Words[number],
  description: string,
) {
  const error = `wanted one of ${words.map((word) => `"${word}"`).join(", ")}`;
  return z.enum(words, { error }).default(initial as z.util.NoUndefined<Words[number]>)
    .describe(description);
}

/** A name shown to people: one line, at most 64 characters, and at most 128 bytes on the wire. */
export function label(initial: string, description: string) {
  const error =
    "wanted at most 64 characters (128 bytes in UTF-8), none of them a control character";
  return z.string({ error }).regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{0,64}$/u, { error })
    .refine((text) => encodeUtf8(text).length <= 128, { error })
    .default(initial).describe(description);
}

/** A name that machines compare: one line, 1 to 64 characters. */
export function name(initial: string, description: string) {
  const error = "wanted 1 to 64 characters, none of them a control character";
  return z.string({ error }).regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,64}$/u, { error })
    .default(initial).describe(description);
}

/** An IP address without brackets; names are refused, because one may stand for several addresses. */
export function ipAddress(initial: string, description: string) {
  const error = 'wanted an IP address without brackets, such as "::1", "::" or "192.0.2.1"';
  return z.string({ error }).refine(isIpAddress, { error }).default(initial).describe(description);
}

/** A path on the machine that the node runs on; empty for no file at all. */
export function path(initial: string, description: string) {
  const error = "wanted the path of a file, or an empty text for none";
  return z.string({ error }).regex(/^[^\p{Cc}\p{Cs}]*$/u, { error })
    .default(initial).describe(description);
}

/** A text that is never printed, in one line; empty for none. */
export function secret(description: string) {
  const error = "wanted 16 to 1024 characters, none of them a control character, " +
    "or an empty text for none";
  return z.string({ error }).regex(/^([^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{16,1024})?$/u, { error })
    // JSON Schema's word for what may be set and is not shown.
    .default("").meta({ description, writeOnly: true });
}

/** A list of node ids; empty unless set. */
export function nodeIds(description: string) {
  const error = "wanted a list of node ids, each 52 characters of lower-case base32";
  const one = "wanted a node id: 52 characters of lower-case base32";
  const id = z.string({ error: one }).refine(isReadBy(nodeIdToBytes), { error: one });
  // zod does not narrow a type by a check of ours.
  return z.array(id as unknown as z.ZodType<NodeId, string>, { error })
    .default([]).describe(description);
}

/** A list of addresses as people write them; empty unless set. */
export function addresses(description: string) {
  const error = 'wanted a list of addresses, such as ["[::1]:8090", "host.example:8085"]';
  const one = 'wanted "[addr]:port" or "host:port"';
  return z.array(z.string({ error: one }).refine(isReadBy(parseAddress), { error: one }), { error })
    .default([]).describe(description);
}

/** A list of servers that tell browsers how others see them; empty unless set. */
export function iceServers(description: string) {
  const error = 'wanted a list of URLs, such as ["stun:stun.example:3478"]';
  const one = 'wanted a URL that begins with "stun:" or "stuns:"';
  const url = z.string({ error: one }).regex(/^stuns?:[!-~]{1,253}$/, { error: one });
  return z.array(url, { error }).default([]).describe(description);
}

/** Whether a reader that throws for what it cannot read takes a text. */
function isReadBy(read: (text: string) => unknown): (text: string) => boolean {
  return (text) => {
    try {
      read(text);
      return true;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return false;
    }
  };
}

function isIpAddress(text: string): boolean {
  const normal = normalHost(text);
  return normal !== undefined && (normal.includes(":") || /^[\d.]+$/.test(normal));
}
