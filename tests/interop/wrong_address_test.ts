// A stranger's first mistakes in an address: each is an error of the constructor.
import { assertEquals, assertThrows } from "@std/assert";
import { DatagramHandler } from "../../src/handlers/datagram_handler.ts";
import { HTTPHandler } from "../../src/handlers/http_handler.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { SysLogHandler } from "../../src/handlers/sys_log_handler.ts";
import { SMTPHandler } from "../../src/mail/smtp_handler.ts";
import {
  LogRecordDatagramReceiver,
  LogRecordSocketReceiver,
  SyslogReceiver,
} from "../../src/receivers/socket_receiver.ts";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { test } from "../test.ts";

const connector = new MemoryNetwork();
const acceptor = connector;
const mail = { fromaddr: "a@b.example", toaddrs: "c@d.example", subject: "it", exitNotifier: {} };

/** Everything that takes a host, by its name and the name of the argument. */
const takers: [what: string, argument: string, make: (host: string) => unknown][] = [
  ["SocketHandler", "host", (host) => new SocketHandler(host, 9020, { connector })],
  ["DatagramHandler", "host", (host) => new DatagramHandler(host, 9020, { connector })],
  ["SysLogHandler", "host", (host) => new SysLogHandler([host, 514], { connector })],
  ["SMTPHandler", "mailhost", (host) => new SMTPHandler([host, 25], mail)],
  [
    "LogRecordSocketReceiver",
    "host",
    (host) => new LogRecordSocketReceiver(host, 9020, { acceptor }),
  ],
  [
    "LogRecordDatagramReceiver",
    "host",
    (host) => new LogRecordDatagramReceiver(host, 9020, { acceptor }),
  ],
  ["SyslogReceiver", "host", (host) => new SyslogReceiver(host, 514, { acceptor })],
];

for (const [what, argument, make] of takers) {
  test(`${what} refuses a URL, a host with its port, and a path where a host is meant`, () => {
    for (const host of ["tcp://localhost", "localhost:9020", "localhost/", "/run/log.sock", " h"]) {
      assertEquals(
        assertThrows(() => make(host), TypeError).message,
        `Cannot create ${what} as '${argument}' must be a host name or IP address alone ` +
          `(no scheme, port or brackets; a path has no port): current value is "${host}"`,
      );
    }
    assertEquals(
      assertThrows(() => make(""), TypeError).message,
      `Cannot create ${what} as '${argument}' must be a string that is not empty: ` +
        'current value is ""',
    );
  });
}

test("SysLogHandler refuses a URL, and a host with its port, where a path is meant", () => {
  for (const address of ["tcp://localhost", "unix:///dev/log", "localhost:514"]) {
    assertEquals(
      assertThrows(() => new SysLogHandler(address, { connector }), TypeError).message,
      "Cannot create SysLogHandler as 'address' must be [host, port] or the path of a Unix socket: " +
        `current value is "${address}"`,
    );
  }
});

test("HTTPHandler refuses a URL where a host is meant, and names the two other options", () => {
  for (const host of ["http://localhost", "https://localhost/log", "localhost/log"]) {
    assertEquals(
      assertThrows(() => new HTTPHandler(host, "/log", { exitNotifier: {} }), TypeError).message,
      "Cannot create HTTPHandler as 'host' must be a host name or IP address (IPv6 in brackets) " +
        "with or without \":port\": the scheme is the option 'secure', the path is 'url': " +
        `current value is "${host}"`,
    );
  }
});

test("a port that is text, no number or out of range is refused", () => {
  const refused: [port: unknown, shown: string][] = [
    ["9020", '"9020"'],
    [0, "0"],
    [-1, "-1"],
    [65536, "65536"],
    [NaN, "NaN"],
    [1.5, "1.5"],
    [undefined, "undefined"],
  ];
  for (const [port, shown] of refused) {
    const make = () => new SocketHandler("localhost", port as number, { connector });
    assertEquals(
      assertThrows(make, Error).message,
      "Cannot create SocketHandler as 'port' must be an integer from 1 to 65535: " +
        `current value is ${shown}`,
    );
  }
});
