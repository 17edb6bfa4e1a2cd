import { assertEquals } from "@std/assert";
import { connectionError } from "../../src/io/connection_error.ts";

function systemError(code: string, message = code): Error {
  return Object.assign(new Error(message), { code });
}

Deno.test("connectionError: each error of the system has its code", () => {
  const codes = {
    EACCES: "not-permitted",
    EADDRINUSE: "address-in-use",
    EADDRNOTAVAIL: "unreachable",
    EAI_AGAIN: "unresolved",
    ECONNREFUSED: "refused",
    ECONNRESET: "reset",
    EHOSTUNREACH: "unreachable",
    EMFILE: "other",
    ENETUNREACH: "unreachable",
    ENOTFOUND: "unresolved",
    EPIPE: "reset",
    ETIMEDOUT: "timed-out",
  };
  for (const [systemCode, code] of Object.entries(codes)) {
    assertEquals(connectionError(systemError(systemCode)).code, code, systemCode);
  }
});

Deno.test("connectionError: the detail is what the system said", () => {
  const message = "connect ECONNREFUSED ::1:8095";
  assertEquals(connectionError(systemError("ECONNREFUSED", message)).detail, message);
  assertEquals(connectionError(new Error("Broken")), { code: "other", detail: "Broken" });
});

Deno.test("connectionError: several tries are told together", () => {
  const tries = [
    systemError("ECONNREFUSED", "connect ECONNREFUSED 192.0.2.1:8095"),
    systemError("ENETUNREACH", "connect ENETUNREACH 2001:db8::1:8095"),
  ];
  assertEquals(connectionError(new AggregateError(tries)), {
    code: "refused",
    detail: "connect ECONNREFUSED 192.0.2.1:8095; connect ENETUNREACH 2001:db8::1:8095",
  });
  assertEquals(connectionError(new AggregateError([])), { code: "other", detail: "" });
});
