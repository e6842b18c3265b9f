// deno-lint-ignore-file no-console -- a program of a test prints
/** `deno_permission_program.ts what port folder`: logs or listens, and prints what came of it. */
import { readFileSync } from "node:fs";
import process from "node:process";
import { getLogger } from "../../mod.ts";
import { connector, exitNotifier } from "../../src/adapters/deno.ts";
import { connector as nodeConnector } from "../../src/adapters/node.ts";
import { FileHandler, RotatingFileHandler } from "../../src/files/file_handlers.ts";
import { DatagramHandler } from "../../src/handlers/datagram_handler.ts";
import { HTTPHandler } from "../../src/handlers/http_handler.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { SysLogHandler } from "../../src/handlers/sys_log_handler.ts";
import type { Handler } from "../../src/logging/handler.ts";
import { SMTPHandler } from "../../src/mail/smtp_handler.ts";
import {
  LogRecordDatagramReceiver,
  LogRecordSocketReceiver,
} from "../../src/receivers/socket_receiver.ts";

const [what = "", portText = "", folder = ""] = process.argv.slice(2);
const port = Number(portText);
const host = "127.0.0.1";
const mail = { fromaddr: "a@b.example", toaddrs: "c@d.example", subject: "it", exitNotifier };

async function log(handler: Handler): Promise<void> {
  getLogger("shop").addHandler(handler);
  getLogger("shop").error("hello");
  await handler.close();
  const { stats } = handler as { stats?: { droppedTotal: number } };
  if (stats !== undefined) console.log(`dropped ${stats.droppedTotal}`);
}

/** Silences `handleError()`, which would print the error that the line of the outage names. */
async function logByMail(mailhost: string): Promise<void> {
  const handler = new SMTPHandler([mailhost, port], { ...mail, whileDisconnected: "drop" });
  handler.handleError = () => {};
  await log(handler);
}

const cases: Record<string, () => Promise<void>> = {
  "tcp": () => log(new SocketHandler(host, port, { connector })),
  "tls": () => log(new SocketHandler(host, port, { connector, tls: true })),
  "tcp by node:net": () => log(new SocketHandler(host, port, { connector: nodeConnector })),
  "unix": () => log(new SocketHandler(`${folder}/log.sock`, null, { connector })),
  "udp": () => log(new DatagramHandler(host, port, { connector })),
  "udp to a name": () => log(new DatagramHandler("localhost", port, { connector })),
  "udp by node:dgram": () => log(new DatagramHandler(host, port, { connector: nodeConnector })),
  "syslog": () => log(new SysLogHandler([host, port], { connector, format: "rfc5424" })),
  "http": () =>
    log(new HTTPHandler(`${host}:${port}`, "/log", { exitNotifier, whileDisconnected: "drop" })),
  "mail": () => logByMail(host),
  "mail by a name": () => logByMail("localhost"),
  "file": async () => await log(new FileHandler(`${folder}/app.log`)),
  "roll-over": async () => {
    await log(new RotatingFileHandler(`${folder}/app.log`, { maxBytes: 1, backupCount: 1 }));
    console.log(readFileSync(`${folder}/app.log`, "utf8"));
  },
  "listen": () => new LogRecordSocketReceiver(host, port, { acceptor: connector }).start(),
  "listen by node:net": () =>
    new LogRecordSocketReceiver(host, port, { acceptor: nodeConnector }).start(),
  "bind": () => new LogRecordDatagramReceiver(host, port, { acceptor: connector }).start(),
  "bind by node:dgram": () =>
    new LogRecordDatagramReceiver(host, port, { acceptor: nodeConnector }).start(),
};

try {
  await cases[what]!();
} catch (error) {
  console.log(String(error));
}
