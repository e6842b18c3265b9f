import { assertEquals, assertThrows } from "@std/assert";
import { CommandError } from "../../src/collector/_command_error.ts";
import {
  addressOf,
  allowListOf,
  bytesOf,
  checkProtected,
  countOf,
  delimiterOf,
  levelOf,
  listenersOf,
  pageOf,
  tokenOf,
  wanted,
} from "../../src/collector/_receive_options.ts";
import { test } from "../test.ts";
import { received } from "./records.ts";

test("listenersOf() has the usual listeners, moves, adds and turns them off", () => {
  const text = (given: Parameters<typeof listenersOf>[0], host?: string) =>
    listenersOf(given, host).map(({ kind, host, port }) => `${kind} ${host}:${port}`);
  assertEquals(text({}), [
    ...["pickle 127.0.0.1:9020", "pickle-udp 127.0.0.1:9021", "http 127.0.0.1:9022"],
    ...["syslog 127.0.0.1:5514", "syslog-udp 127.0.0.1:5514", "forward 127.0.0.1:24224"],
  ]);
  const off = {
    forward: ["off"],
    "pickle-udp": ["off"],
    http: ["off"],
    syslog: ["off"],
    "syslog-udp": ["off"],
  };
  assertEquals(text({ ...off, pickle: ["1", "[::1]:2"], relp: ["/run/r"] }, "10.0.0.1"), [
    ...["pickle 10.0.0.1:1", "pickle ::1:2", "relp /run/r:null"],
  ]);
  assertEquals(pageOf(undefined), { host: "127.0.0.1", port: 8020 });
  assertEquals(pageOf("off"), undefined);
});

test("addressOf() refuses what is no address", () => {
  for (const text of ["", "x", "70000", "a:b", "1.2.3.4", "-1", "::1:5 "]) {
    assertThrows(() => addressOf(text, "h"), CommandError, "no port or address");
  }
});

test("checkProtected() refuses a listener that any machine could send to", () => {
  const open = { allow: [], isMutual: false, signingKey: undefined, sharedKey: undefined };
  const check = (
    kind: "pickle" | "syslog" | "syslog-udp" | "http" | "forward",
    more: object = {},
  ) => checkProtected([{ kind, host: "0.0.0.0", port: 1 }], { ...open, ...more });
  for (const kind of ["pickle", "syslog", "syslog-udp", "forward"] as const) {
    assertThrows(() => check(kind), CommandError, "--allow");
    check(kind, { allow: ["10.0.0.0/8"] });
  }
  check("http");
  check("pickle", { signingKey: "k" });
  check("forward", { sharedKey: "k" });
  check("syslog", { isMutual: true });
  assertThrows(() => check("syslog", { signingKey: "k" }), CommandError);
  assertThrows(() => check("syslog-udp", { isMutual: true }), CommandError);
  checkProtected(listenersOf({}), open);
  assertThrows(() => allowListOf(["x"]), CommandError, "--allow: 'x' is no network");
});

test("numbers, bytes, levels and tokens are read, or refused in a sentence", () => {
  assertEquals(["10", "1k", "64MiB", "2 GB"].map((text) => bytesOf(text, "--memory")), [
    ...[10, 1024, 67_108_864, 2_147_483_648],
  ]);
  assertThrows(() => bytesOf("much", "--memory"), CommandError, "--memory must be");
  assertEquals([delimiterOf(undefined), delimiterOf("nul")], ["either", "nul"]);
  assertThrows(() => delimiterOf("crlf"), CommandError, "--syslog-delimiter must be");
  assertEquals(countOf("5", "--x"), 5);
  assertThrows(() => countOf("1.5", "--x"), CommandError, "--x must be a whole number");
  assertEquals([levelOf("warning"), levelOf("35")], [30, 35]);
  assertThrows(() => levelOf("LOUD"), CommandError, "--level must be");
  assertEquals(tokenOf("a".repeat(16)), "a".repeat(16));
  assertEquals(tokenOf(undefined).length, 32);
  assertThrows(() => tokenOf("short"), CommandError, "a token must have");
  assertThrows(() => tokenOf("a; Path=/; x=aaaaaaaaaa"), CommandError);
});

test("wanted() chooses records by level and logger", () => {
  const isWanted = wanted(30, ["shop"]);
  const chosen = [
    { name: "shop", levelno: 30 },
    { name: "shop.cart", levelno: 40 },
    { name: "shopping", levelno: 40 },
    { name: "shop", levelno: 20 },
  ].map((fields) => isWanted(received(fields)));
  assertEquals(chosen, [true, true, false, false]);
  assertEquals(wanted(0, [])(received({ levelno: 1 })), true);
});
