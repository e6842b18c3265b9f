import { assertEquals, assertThrows } from "@std/assert";
import { CommandError } from "../../src/collector/_command_error.ts";
import { handlerFor } from "../../src/collector/_destination.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { test } from "../test.ts";

const connector = new MemoryNetwork();

test("handlerFor() makes the handler of each protocol", async () => {
  const handlers = {
    "tcp://h": "SocketHandler",
    "tls://h:9": "SocketHandler",
    "udp://[::1]": "DatagramHandler",
    "http://h/path": "HTTPHandler",
    "https://h": "HTTPHandler",
    "syslog://h": "SysLogHandler",
    "syslog+tcp://h": "SysLogHandler",
    "syslog+tls://h": "SysLogHandler",
    "relp://h:2514": "SysLogHandler",
    "forward://h/shop": "ForwardHandler",
  };
  for (const [address, name] of Object.entries(handlers)) {
    const handler = handlerFor(address, { connector, token: "t" });
    assertEquals(handler.constructor.name, name, address);
    await handler.close();
  }
});

test("handlerFor() sends to the host and the port of the address", async () => {
  const handler = handlerFor("tcp://logs.example:9999", { connector, signingKey: "k" });
  handler.handle(makeLogRecord({ msg: "a" }));
  await connector.clock.advance(10);
  const closing = handler.close();
  await connector.clock.advance(10_000);
  await closing;
  const [dial] = connector.log;
  assertEquals(dial!.to, { transport: "tcp", hostname: "logs.example", port: 9999 });
});

test("handlerFor() refuses what is no address", () => {
  for (
    const address of ["", "h:1", "ftp://h", "tcp://", "tcp://h:0", "tcp://h:70000", "tcp://a b"]
  ) {
    assertThrows(() => handlerFor(address, { connector }), CommandError, "no address of a server");
  }
});
