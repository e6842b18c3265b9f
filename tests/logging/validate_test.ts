import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  checkBoolean,
  checkDatagramTarget,
  checkFunction,
  checkHost,
  checkInteger,
  checkKnown,
  checkLimit,
  checkMethods,
  checkNumber,
  checkOneOf,
  checkStreamTarget,
  checkString,
  checkTlsOptions,
  valueText,
} from "../../src/logging/validate.ts";
import { test } from "../test.ts";

test("checkInteger() returns a number in range, else names option, range and value", () => {
  assertEquals(checkInteger("listen", "port", 0, 0, 65535), 0);
  assertEquals(checkInteger("listen", "port", 65535, 0, 65535), 65535);
  const error = assertThrows(() => checkInteger("listen", "port", 70000, 0, 65535), RangeError);
  assertEquals(
    error.message,
    "Cannot listen as 'port' must be an integer from 0 to 65535: current value is 70000",
  );
  assertThrows(() => checkInteger("listen", "n", -1, 0), RangeError, "an integer >= 0: current");
  for (const value of [1.5, NaN, Infinity, -1]) {
    assertThrows(() => checkInteger("listen", "port", value, 0, 65535), RangeError, String(value));
  }
  for (const value of ["9020", null, undefined, 1n, true, {}]) {
    assertThrows(() => checkInteger("listen", "port", value, 0, 65535), TypeError, "'port'");
  }
});

test("checkNumber() allows fractions, never NaN", () => {
  assertEquals(checkNumber("back off", "retryFactor", 1.5, 1), 1.5);
  assertThrows(() => checkNumber("back off", "retryFactor", 0.5, 1), RangeError, "a number >= 1");
  assertThrows(() => checkNumber("back off", "retryFactor", NaN), RangeError, "a number: current");
});

test("checkLimit() allows Infinity for no limit", () => {
  assertEquals(checkLimit("queue", "maxQueuedRecords", Infinity), Infinity);
  assertEquals(checkLimit("queue", "maxQueuedRecords", 0), 0);
  assertThrows(() => checkLimit("queue", "maxQueuedRecords", -1), RangeError, ">= 0");
  assertThrows(() => checkLimit("queue", "maxQueuedRecords", "1"), TypeError, '"1"');
});

test("checkKnown() names the unknown option and the known ones", () => {
  checkKnown("listen", {}, ["port"]);
  checkKnown("listen", { port: 1 }, ["port", "host"]);
  const error = assertThrows(
    () => checkKnown("listen", { prot: 1 }, ["port", "host"]),
    TypeError,
  );
  assertEquals(
    error.message,
    "Cannot listen as there is no option 'prot': the options are port, host",
  );
  for (const options of [null, undefined, 1, "x", []]) {
    assertThrows(() => checkKnown("listen", options, ["port"]), TypeError, "'options'");
  }
});

test("the other checks return right values and throw a TypeError for others", () => {
  assertEquals(checkString("x", "host", "localhost"), "localhost");
  assertThrows(() => checkString("x", "host", ""), TypeError, "not empty");
  assertEquals(checkString("x", "host", "", true), "");
  assertThrows(() => checkString("x", "host", 5, true), TypeError, "a string: current value is 5");
  assertStrictEquals(checkBoolean("x", "on", false), false);
  assertThrows(() => checkBoolean("x", "on", 0), TypeError, "true or false");
  assertEquals(checkOneOf("x", "mode", "drop", ["drop", "queue"]), "drop");
  assertThrows(() => checkOneOf("x", "mode", "keep", ["drop", "queue"]), TypeError, '"queue"');
  checkFunction("x", "onError", undefined);
  checkFunction("x", "onError", () => {});
  assertThrows(() => checkFunction("x", "onError", null), TypeError, "a function");
  checkMethods("x", "clock", { now() {} }, ["now"]);
  for (const clock of [undefined, null, 1, {}, { now: 1 }]) {
    assertThrows(() => checkMethods("x", "clock", clock, ["now"]), TypeError, "now()");
  }
});

test("checkTlsOptions() refuses fields and values that TlsOptions does not have", () => {
  checkTlsOptions("x", "tls", undefined);
  checkTlsOptions("x", "tls", { ca: ["pem"], cert: "pem", key: "pem", serverName: "name" });
  assertThrows(() => checkTlsOptions("x", "tls", null), TypeError, "'tls'");
  assertThrows(() => checkTlsOptions("x", "tls", { ca: "pem" }), TypeError, "'tls.ca'");
  assertThrows(() => checkTlsOptions("x", "tls", { cert: 5 }), TypeError, "'tls.cert'");
  assertThrows(
    () => checkTlsOptions("x", "tls", { certificate: "pem" }),
    TypeError,
    "'certificate'",
  );
});

test("checkStreamTarget() and checkDatagramTarget() return the address of host and port", () => {
  const tls = { serverName: "name" };
  assertEquals(checkStreamTarget("x", "h", 1, 1, undefined), {
    transport: "tcp",
    hostname: "h",
    port: 1,
  });
  assertEquals(checkStreamTarget("x", "h", 1, 1, tls), {
    transport: "tcp",
    hostname: "h",
    port: 1,
    tls,
  });
  assertEquals(checkStreamTarget("x", "/p", null, 1, undefined), { transport: "unix", path: "/p" });
  assertThrows(() => checkStreamTarget("x", "/p", null, 1, tls), TypeError, "'tls' needs a port");
  assertEquals(checkDatagramTarget("x", "h", 0, 0), { transport: "udp", hostname: "h", port: 0 });
  assertEquals(checkDatagramTarget("x", "/p", null, 1), { transport: "unixgram", path: "/p" });
  for (const check of [checkDatagramTarget, checkStreamTarget] as const) {
    assertThrows(() => check("x", "h", 0, 1, undefined), RangeError, "from 1 to 65535");
    assertThrows(() => check("x", "", null, 1, undefined), TypeError, "'host'");
  }
});

test("a host is a name or an IP address alone, and the message says so", () => {
  for (
    const host of ["localhost", "a-b.example.", "host_name", "10.0.0.1", "::1", "::ffff:1.2.3.4"]
  ) {
    assertEquals(checkHost("x", "host", host), host);
  }
  assertEquals(checkHost("x", "host", "fe80::1%eth0"), "fe80::1%eth0");
  const wrong = ["tcp://localhost", "localhost:9020", "10.0.0.1:514", "[::1]", "h/", "/run/h.sock"];
  for (const host of [...wrong, "h ", "h\n", "a b", "user@h", "C:\\pipe", "h?x", "h#x"]) {
    const expected =
      "Cannot x as 'host' must be a host name or IP address alone (no scheme, port " +
      `or brackets; a path has no port): current value is ${JSON.stringify(host)}`;
    for (const check of [checkDatagramTarget, checkStreamTarget] as const) {
      const error = assertThrows(() => check("x", host, 9020, 1, undefined), TypeError);
      assertEquals(error.message, expected);
    }
  }
});

test("valueText() is short and never throws", () => {
  assertEquals(valueText("a\n"), '"a\\n"');
  assertEquals(valueText(-0), "-0");
  assertEquals(valueText(5n), "5n");
  assertEquals(valueText(null), "null");
  assertEquals(valueText([1, 2]), "an array of 2");
  assertEquals(valueText({}), "an object");
  assertEquals(valueText(new Date(0)), "an object Date");
  assertEquals(valueText(Object.create(null)), "an object");
  assertEquals(valueText(Symbol("s")), "Symbol(s)");
  const hostile = new Proxy({}, {
    get() {
      throw new Error("no");
    },
  });
  assertEquals(valueText(hostile), "a value that cannot be shown");
  assertEquals(valueText("x".repeat(1000)).length, 81);
});

test("checkKnown() names the options that exist, or says that there are none", () => {
  checkKnown("do it", { a: 1 }, ["a", "b"]);
  assertThrows(
    () => checkKnown("do it", { a: 1, c: 2 }, ["a", "b"]),
    TypeError,
    "Cannot do it as there is no option 'c': the options are a, b",
  );
  assertThrows(() => checkKnown("do it", { c: 2 }, []), TypeError, "the options are none");
});

test("checkKnown() refuses options that are no object, such as Python's third argument", () => {
  for (const value of [true, false, "", "{", 1, null]) {
    assertThrows(
      () => checkKnown("do it", value as unknown as object, ["a"]),
      TypeError,
      `Cannot do it as 'options' must be an object: current value is ${value}`,
    );
  }
});
