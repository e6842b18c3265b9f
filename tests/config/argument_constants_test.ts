import { assertEquals } from "@std/assert";
import { argumentConstants } from "../../src/config/_argument_constants.ts";
import { SysLogHandler } from "../../src/handlers/sys_log_handler.ts";
import * as ports from "../../src/logging/default_ports.ts";
import { test } from "../test.ts";

test("argumentConstants() has every port, and every constant of SysLogHandler", () => {
  const syslog = Object.entries(SysLogHandler).filter(([name]) => name.startsWith("LOG_"));
  const expected = [
    ...Object.entries(ports).map(([name, value]) => [`handlers.${name}`, value]),
    ...syslog.map(([name, value]) => [`handlers.SysLogHandler.${name}`, value]),
    ["handlers.socket.SOCK_DGRAM", "datagram"],
    ["handlers.socket.SOCK_STREAM", "stream"],
  ];
  const found = Object.entries(argumentConstants()).filter(([name]) => name.includes("."));
  assertEquals(Object.fromEntries(found), Object.fromEntries(expected));
});
