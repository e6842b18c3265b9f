// A handler or a client that speaks TLS meets a server that does not, and the other way round.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import * as net from "node:net";
import * as tls from "node:tls";
import { connector, exitNotifier } from "../../src/adapters/auto.ts";
import type { DeliveryEvent } from "../../src/delivery/delivery_event.ts";
import { HTTPHandler } from "../../src/handlers/http_handler.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { SysLogHandler } from "../../src/handlers/sys_log_handler.ts";
import type { Handler } from "../../src/logging/handler.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { SMTPHandler } from "../../src/mail/smtp_handler.ts";
import { LogRecordSocketReceiver, SyslogReceiver } from "../../src/receivers/socket_receiver.ts";
import { withoutWorkerd, Workerd } from "../edge/workerd.ts";
import { catchStderr } from "../stderr.ts";
import { test } from "../test.ts";
import { until } from "../until.ts";

const pem = (file: string) =>
  readFileSync(new URL(`../testdata/tls/${file}`, import.meta.url), "utf8");
const ca = [pem("ca.pem")];
const certificate = { cert: pem("server.pem"), key: pem("server.key") };

const host = "127.0.0.1";

/** Runs with a server, which does `serve` with each connection. */
async function withServer(
  server: net.Server,
  serve: (socket: net.Socket) => void,
  fn: (port: number) => Promise<void>,
): Promise<void> {
  const sockets = new Set<net.Socket>();
  server.on("connection", (socket: net.Socket) => {
    sockets.add(socket.on("error", () => {}));
    socket.on("close", () => sockets.delete(socket));
  });
  server.on(server instanceof tls.Server ? "secureConnection" : "connection", serve);
  server.on("tlsClientError", () => {});
  server.listen(0, host);
  await once(server, "listening");
  try {
    await fn((server.address() as net.AddressInfo).port);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  }
}

const silent = (socket: net.Socket) => void socket.resume();
const answering = (text: string) => (socket: net.Socket) =>
  void socket.once("data", () => socket.end(text));

/** The error of the outage that a record begins, with its code. */
async function outageOf(
  make: (onEvent: (event: DeliveryEvent) => void) => Handler,
): Promise<string> {
  let text: string | undefined;
  const handler = make((event) => {
    if (event.type !== "outage") return;
    const { code, message } = event.error as { code?: string; message: string };
    text ??= `${code}: ${message}`;
  });
  handler.handle(makeLogRecord({ name: "shop", levelno: 40, levelname: "ERROR", msg: "hello" }));
  await until(() => text !== undefined, () => "an outage");
  await handler.close();
  return text!;
}

const overTls = (port: number) => (onEvent: (event: DeliveryEvent) => void) =>
  new SocketHandler(host, port, { connector, tls: { ca }, onEvent, connectTimeoutMs: 300 });

test("SocketHandler with TLS says that a server which answers otherwise speaks no TLS", () =>
  withServer(net.createServer(), answering("HTTP/1.1 400 Bad Request\r\n\r\n"), async (port) => {
    assertEquals(
      await outageOf(overTls(port)),
      `tls: Cannot connect to ${host}:${port}: the server does not speak TLS on this port: ` +
        "leave out 'tls', or use its TLS port",
    );
  }));

test("SocketHandler with TLS says that a server which is silent may speak no TLS", () =>
  withServer(net.createServer(), silent, async (port) => {
    assertEquals(
      await outageOf(overTls(port)),
      `timeout: Cannot connect to ${host}:${port}: the server did not answer the TLS handshake: ` +
        "if it speaks no TLS on this port, leave out 'tls'",
    );
  }));

test("SysLogHandler with TLS says that a server which hangs up may speak no TLS", () =>
  withServer(net.createServer(), answering(""), async (port) => {
    const outage = await outageOf((onEvent) =>
      new SysLogHandler([host, port], { connector, socktype: "stream", tls: { ca }, onEvent })
    );
    assertEquals(
      outage,
      `tls: Cannot connect to ${host}:${port}: the server ended the TLS handshake: ` +
        "if it speaks no TLS on this port, leave out 'tls'",
    );
  }));

test("SocketHandler without TLS says on stderr that the server may be for TLS", () =>
  withServer(tls.createServer(certificate), silent, async (port) => {
    const stderr = catchStderr();
    try {
      const handler = new SocketHandler(host, port, { connector });
      const record = makeLogRecord({ name: "shop", levelno: 40, msg: "hello" });
      const lines = () => stderr.lines.filter((line) => line.includes("'tls'"));
      handler.retryStart = 0.01;
      handler.handle(record);
      await until(() => {
        handler.handle(record);
        return lines().length > 0;
      }, () => `a line on stderr that names 'tls': ${stderr.lines}`);
      await handler.close();
      const name = `logwire: SocketHandler ${host}:${port}: `;
      // Some servers send an alert before they hang up, and some runtimes show it.
      const texts = [
        `${name}the server answers, and should only read: is this its port? ` +
        "It looks like TLS (then set 'tls'): ",
        `${name}records are not delivered: the server ends each connection at once: ` +
        "is this its port? Set 'tls' if it is for TLS",
      ];
      const [first = ""] = lines();
      assert(texts.some((text) => first.startsWith(text)), first);
    } finally {
      stderr.end();
    }
  }));

test("HTTPHandler says on one line that a server speaks no HTTPS", () =>
  withServer(net.createServer(), answering("HTTP/1.1 400 Bad Request\r\n\r\n"), async (port) => {
    const outage = await outageOf((onEvent) =>
      new HTTPHandler(`${host}:${port}`, "/log", {
        exitNotifier,
        secure: true,
        whileDisconnected: "drop",
        onEvent,
      })
    );
    assertEquals(
      outage,
      "tls: the server does not speak TLS on this port: leave out 'secure', or use its TLS port",
    );
  }));

test("HTTPHandler says on one line, without the record, that a server may speak HTTPS", () =>
  withServer(tls.createServer(certificate), silent, async (port) => {
    const outage = await outageOf((onEvent) =>
      new HTTPHandler(`${host}:${port}`, "/log", {
        exitNotifier,
        whileDisconnected: "drop",
        onEvent,
      })
    );
    assertMatch(outage, /; if the server speaks HTTPS on this port, set 'secure'$/);
    assert(!/hello|\n/.test(outage), outage);
  }));

test("SMTPHandler says that a server is not for implicit TLS, and that one may be", async () => {
  const mail = (port: number, implicitTls: boolean) => (onEvent: (event: DeliveryEvent) => void) =>
    new SMTPHandler([host, port], {
      ...{ fromaddr: "app@example.com", toaddrs: "ops@example.com", subject: "it" },
      ...{ exitNotifier, implicitTls, whileDisconnected: "drop", timeout: 0.5, onEvent },
    });
  const failed = (port: number) => `Cannot send a mail through ${host}:${port}: `;
  await withServer(net.createServer(), answering("220 mail.example\r\n"), async (port) => {
    assertEquals(
      await outageOf(mail(port, true)),
      `ESOCKET: ${
        failed(port)
      }the server does not speak TLS on this port: leave out 'implicitTls', ` +
        "or use its TLS port",
    );
  });
  await withServer(tls.createServer(certificate), silent, async (port) => {
    assertEquals(
      await outageOf(mail(port, false)),
      `ETIMEDOUT: ${
        failed(port)
      }the server did not greet in time: if it speaks TLS from the first ` +
        "byte, as port 465 does, set 'implicitTls'",
    );
  });
});

test(
  "a worker says that a server speaks no TLS, or has another certificate",
  () =>
    withServer(net.createServer(), answering("HTTP/1.1 400 Bad Request\r\n\r\n"), async (port) => {
      const contents = `
      import { connector } from "./src/adapters/cloudflare.ts";
      const tls = { serverName: "log.example" };
      export default {
        async fetch() {
          const to = { transport: "tcp", hostname: "${host}", port: ${port}, tls };
          const error = await connector.connect(to).catch((error) => error);
          return new Response(error.code + ": " + error.message);
        },
      };`;
      const options = { entry: "tls.ts", contents, compatibilityDate: "2026-10-01" };
      await using workerd = await Workerd.start({ tls: options });
      assertEquals(
        await (await fetch(workerd.url("tls"))).text(),
        `tls: Cannot connect to ${host}:${port}: no TLS there, or no trusted certificate for log.example`,
      );
    }),
  { skip: withoutWorkerd },
);

/** The faults of a receiver that a client sends `bytes` to. */
async function faultsOf(
  make: (onError: (fault: { reason: string; error: unknown }) => void) =>
    | LogRecordSocketReceiver
    | SyslogReceiver,
  client: (port: number) => net.Socket,
): Promise<string> {
  const faults: string[] = [];
  const receiver = make(({ reason, error }) =>
    faults.push(`${reason}: ${(error as Error).message}`)
  );
  receiver.handleLogRecord = (record) => void faults.push(`received ${record.getMessage()}`);
  await receiver.start();
  const socket = client((receiver.address as { port: number }).port);
  socket.on("error", () => {}).resume();
  await until(() => faults.length > 0, () => "a fault");
  socket.destroy();
  await receiver.stop();
  // The port of a client is the system's choice.
  return faults.join("\n").replace(/client (127\.0\.0\.1:\d+|that left)/, "client C");
}

const sending = (bytes: string) => (port: number) =>
  net.connect(port, host, function (this: net.Socket) {
    this.write(bytes);
  });
const handshaking = (port: number) => tls.connect({ port, host, ca });

test("a receiver without TLS says that a client speaks TLS, or HTTP", async () => {
  const records = (onError: (fault: { reason: string; error: unknown }) => void) =>
    new LogRecordSocketReceiver(host, 0, { acceptor: connector, onError });
  assertMatch(
    await faultsOf(records, handshaking),
    /^frame: a frame claims \d+ bytes: the most is 16777216; it looks like TLS: set 'tls' on the receiver, or leave it out on the sender$/,
  );
  assertEquals(
    await faultsOf(records, sending("GET / HTTP/1.1\r\n\r\n")),
    "frame: a frame claims 1195725856 bytes: the most is 16777216; it looks like HTTP: this port " +
      "takes log records, and no requests",
  );
  const syslog = (onError: (fault: { reason: string; error: unknown }) => void) =>
    new SyslogReceiver(host, 0, { acceptor: connector, transport: "tcp", onError });
  assertEquals(
    await faultsOf(syslog, handshaking),
    "frame: the stream looks like TLS: set 'tls' on the receiver, or leave it out on the sender",
  );
});

test("a receiver with TLS reports a client that speaks none", async () => {
  const records = (onError: (fault: { reason: string; error: unknown }) => void) =>
    new LogRecordSocketReceiver(host, 0, { acceptor: connector, tls: certificate, onError });
  for (const bytes of ["GET / HTTP/1.1\r\n\r\n", "\0\0\0\x05hello", "<14>hello\n"]) {
    assertEquals(
      await faultsOf(records, sending(bytes)),
      "connection: Dropped the client C: it does not speak TLS: set 'tls' on the sender, or leave " +
        "it out on the receiver",
    );
  }
});

test("a receiver that demands a certificate reports a client without one", async () => {
  const records = (onError: (fault: { reason: string; error: unknown }) => void) =>
    new LogRecordSocketReceiver(host, 0, {
      ...{ acceptor: connector, tls: { ...certificate, ca }, onError },
    });
  assertEquals(
    await faultsOf(records, handshaking),
    "connection: Dropped the client C: it shows no certificate, which the receiver's 'tls.ca' demands",
  );
});
