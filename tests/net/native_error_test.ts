import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { ConnectionError } from "../../src/net/connection_error.ts";
import {
  abortedError,
  connectionErrorCode,
  toConnectionError,
} from "../../src/net/native_error.ts";
import { test } from "../test.ts";

const withCode = (code: string) => Object.assign(new Error(`it says ${code}`), { code });
const withName = (name: string) => Object.assign(new Error("no code"), { name });

test("connectionErrorCode() knows what Node and Bun call errors", () => {
  const known = {
    ECONNREFUSED: "refused",
    EHOSTUNREACH: "unreachable",
    ETIMEDOUT: "timeout",
    ECONNRESET: "reset",
    EPIPE: "reset",
    ENOTCONN: "reset",
    ENOTFOUND: "not-found",
    ENOENT: "not-found",
    EACCES: "denied",
    EMSGSIZE: "too-large",
    EADDRINUSE: "other",
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: "tls",
    SELF_SIGNED_CERT_IN_CHAIN: "tls",
    ERR_TLS_CERT_ALTNAME_INVALID: "tls",
    ERR_SSL_WRONG_VERSION_NUMBER: "tls",
    CERT_HAS_EXPIRED: "tls",
    EPROTO: "tls",
  };
  for (const [code, expected] of Object.entries(known)) {
    assertEquals(connectionErrorCode(withCode(code)), expected, code);
  }
});

test("connectionErrorCode() knows what Deno calls errors", () => {
  const known = {
    ConnectionRefused: "refused",
    ConnectionReset: "reset",
    BrokenPipe: "reset",
    TimedOut: "timeout",
    NotFound: "not-found",
    NotCapable: "denied",
    PermissionDenied: "denied",
    InvalidData: "tls",
    AddrInUse: "other",
  };
  for (const [name, expected] of Object.entries(known)) {
    assertEquals(connectionErrorCode(withName(name)), expected, name);
  }
  const lookup = "failed to lookup address information: Name or service not known";
  assertEquals(connectionErrorCode(new Error(lookup)), "not-found");
});

test("connectionErrorCode() takes anything that can be thrown", () => {
  for (const thrown of [undefined, null, 1, "text", {}, new Error("plain")]) {
    assertEquals(connectionErrorCode(thrown), "other");
  }
  assertEquals(connectionErrorCode(new ConnectionError("tls", "x")), "tls");
});

test("toConnectionError() keeps the cause, and says what failed", () => {
  const cause = withCode("ECONNREFUSED");
  const error = toConnectionError(cause, "Cannot connect to h:1");
  assertEquals(error.code, "refused");
  assertStrictEquals(error.cause, cause);
  assertEquals(error.message, "Cannot connect to h:1: it says ECONNREFUSED");
  assertStrictEquals(toConnectionError(error, "again"), error);
});

test("toConnectionError() takes the message of the first of several addresses", () => {
  const cause = Object.assign(new AggregateError([withCode("ECONNREFUSED")]), {
    code: "ECONNREFUSED",
  });
  assertEquals(toConnectionError(cause, "No").message, "No: it says ECONNREFUSED");
});

test("abortedError() tells a time-out from giving up", () => {
  const timedOut = AbortSignal.abort(new DOMException("slow", "TimeoutError"));
  assertEquals(abortedError(timedOut, "No").code, "timeout");
  assertEquals(abortedError(AbortSignal.abort(), "No").code, "closed");
  assertEquals(abortedError(AbortSignal.abort("any reason"), "No").cause, "any reason");
  assert(abortedError(AbortSignal.abort(null), "No") instanceof ConnectionError);
});

test("toConnectionError() says what a runtime leaves out, and what to do of an unknown authority", () => {
  const bun = Object.assign(new Error("Failed to connect"), { code: "ECONNREFUSED" });
  assertEquals(toConnectionError(bun, "Cannot connect").message, "Cannot connect: refused");
  const code = "UNABLE_TO_VERIFY_LEAF_SIGNATURE";
  const ca = Object.assign(new Error("unable to verify the first certificate"), { code });
  assertEquals(
    toConnectionError(ca, "Cannot connect").message,
    "Cannot connect: unable to verify the first certificate; " +
      "'tls.ca' must hold the authority that signed it",
  );
});
