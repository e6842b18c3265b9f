import { assertEquals, assertThrows } from "@std/assert";
import { Deframer, FrameError } from "../../src/wire/length_prefix_framing.ts";
import { foreignProtocol } from "../../src/wire/_foreign_protocol.ts";
import { test } from "../test.ts";

const lengthOf = (start: string) =>
  [...start].reduce((length, char) => length * 256 + char.charCodeAt(0), 0);

test("foreignProtocol() names the protocol that a length begins, and who is to change something", () => {
  const advice: Record<string, string> = {
    "\x16\x03\x01\x02": "TLS: set 'tls' on the receiver, or leave it out on the sender",
    "GET ": "HTTP: this port takes log records, and no requests",
    "POST": "HTTP: this port takes log records, and no requests",
    "<14>": "syslog: SyslogReceiver takes it",
    '{"na': "JSON: sender and receiver must have the same 'serializer'",
    "EHLO": "SSH or SMTP: the client has the wrong port",
  };
  for (const [start, text] of Object.entries(advice)) {
    assertEquals(foreignProtocol(lengthOf(start)), `; it looks like ${text}`);
  }
  for (const length of [0, 1, 300, 2 ** 24 + 1, 2 ** 32 - 1]) {
    assertEquals(foreignProtocol(length), "");
  }
});

test("a Deframer says that a client speaks another protocol", () => {
  const deframer = new Deframer();
  deframer.push(new TextEncoder().encode("GET / HTTP/1.1\r\n"));
  const error = assertThrows(() => deframer.next(), FrameError);
  assertEquals(
    error.message,
    "a frame claims 1195725856 bytes: the most is 16777216; it looks like HTTP: this port " +
      "takes log records, and no requests",
  );
});
