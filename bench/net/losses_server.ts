/**
 * A server that writes the messages that arrive to a file, and prints its port: `losses_server.ts KIND
 * PORT FILE`. Run, and killed, by losses.ts.
 */
import { appendFileSync, openSync, writeSync } from "node:fs";
import { createServer } from "node:http";
import process from "node:process";
import { Formatter, getLogger } from "../../mod.ts";
import { connector } from "../../src/adapters/auto.ts";
import { FileHandler } from "../../src/files/file_handlers.ts";
import { LogRecordDatagramReceiver } from "../../src/receivers/datagram_receiver.ts";
import { LogRecordSocketReceiver } from "../../src/receivers/socket_receiver.ts";
import { SyslogReceiver } from "../../src/receivers/syslog_receiver.ts";

const [kind = "", port = "0", file = ""] = process.argv.slice(2);
const at = ["127.0.0.1", Number(port)] as const;
const options = { acceptor: connector, onError: () => {} };

function writeFile(): void {
  const handler = new FileHandler(file);
  handler.setFormatter(new Formatter("%(message)s"));
  getLogger().addHandler(handler);
}

/** The receiver of a kind. */
function receiver() {
  if (kind !== "tcp, written at once") writeFile();
  if (kind === "datagrams") return new LogRecordDatagramReceiver(...at, options);
  if (kind === "relp") {
    return new SyslogReceiver(...at, { ...options, transport: "tcp", framing: "relp" });
  }
  const receiver = new LogRecordSocketReceiver(...at, options);
  if (kind === "tcp, written at once") {
    const fd = openSync(file, "a");
    receiver.handleLogRecord = (record) => void writeSync(fd, `${record.getMessage()}\n`);
  }
  return receiver;
}

if (kind === "http") {
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => body += text);
    request.on("end", () => {
      const messages = body.trim().split("\n").map((line) => JSON.parse(line).msg);
      appendFileSync(file, messages.map((message) => `${message}\n`).join(""));
      response.writeHead(204).end();
    });
  });
  server.listen(at[1], at[0], () => {
    process.stdout.write(`${(server.address() as { port: number }).port}\n`);
  });
} else {
  const server = receiver();
  await server.start();
  process.stdout.write(`${(server.address as { port: number }).port}\n`);
}
