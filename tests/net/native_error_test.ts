import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { ConnectionError } from "../../src/net/connection_error.ts";
import {
  abortedError,
  checkPath,
  codeOf,
  show,
  toConnectionError,
} from "../../src/net/native_error.ts";
import { test } from "../test.ts";

const withCode = (code: string) => Object.assign(new Error(`it says ${code}`), { code });
const withName = (name: string) => Object.assign(new Error("no code"), { name });

test("codeOf() knows what Node and Bun call errors", () => {
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
    assertEquals(codeOf(withCode(code)), expected, code);
  }
});

test("codeOf() knows what Deno calls errors", () => {
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
    assertEquals(codeOf(withName(name)), expected, name);
  }
  const lookup = "failed to lookup address information: Name or service not known";
  assertEquals(codeOf(new Error(lookup)), "not-found");
});

test("codeOf() takes anything that can be thrown", () => {
  for (const thrown of [undefined, null, 1, "text", {}, new Error("plain")]) {
    assertEquals(codeOf(thrown), "other");
  }
  assertEquals(codeOf(new ConnectionError("tls", "x")), "tls");
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

test("show() writes an address as people do", () => {
  assertEquals(show({ transport: "tcp", hostname: "h", port: 1 }), "h:1");
  assertEquals(show({ transport: "udp", hostname: "::1", port: 514 }), "[::1]:514");
  assertEquals(show({ transport: "unix", path: "/run/log" }), "/run/log");
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

test("checkPath() counts bytes, and takes an abstract name", () => {
  checkPath("/run/log", "Cannot bind");
  checkPath("\0log", "Cannot bind");
  checkPath("x".repeat(107), "Cannot bind");
  const refused: [unknown, number, string][] = [
    ["", 107, "'path' must be a non-empty string: current value is \"\""],
    [7, 107, "'path' must be a non-empty string: current value is 7"],
    ["/a\0b", 107, "'path' must have no NUL"],
    ["ä".repeat(54), 107, "'path' must be at most 107 bytes: current value has 108"],
    ["x".repeat(104), 103, "'path' must be at most 103 bytes: current value has 104"],
  ];
  for (const [path, maxBytes, message] of refused) {
    assertThrows(
      () => checkPath(path, "Cannot bind", maxBytes),
      Error,
      `Cannot bind as ${message}`,
    );
  }
});
