/**
 * A program that logs through every handler at once and ends:
 * `last_records_program.ts ENDING STATE ADAPTER SOCKET_PORT SYSLOG_PORT HTTP_PORT FILE`. Its last line
 * on stdout is the account of each handler. Run by last_records_test.ts.
 */
import process from "node:process";
import {
  DatagramHandler,
  getLogger,
  HTTPHandler,
  setRaiseExceptions,
  SocketHandler,
  SysLogHandler,
} from "../../mod.ts";
import { MemoryHandler } from "../../src/handlers/memory_handler.ts";
import { QueueHandler, QueueListener, RecordQueue } from "../../src/queue/queue_handler.ts";
import { FileHandler } from "../../src/files/file_handlers.ts";
import { SMTPHandler } from "../../src/mail/smtp_handler.ts";
import { turns } from "../turns.ts";
import { until } from "../until.ts";

const [ending, state, adapter, socketPort, syslogPort, httpPort, file = ""] = process.argv.slice(2);
const { connector, exitNotifier } = await import(
  `../../src/adapters/${adapter}.ts`
) as typeof import("../../src/adapters/auto.ts");
if (ending === "silent") setRaiseExceptions(false);

const deliveries = {
  SocketHandler: new SocketHandler("127.0.0.1", Number(socketPort), { connector }),
  DatagramHandler: new DatagramHandler("127.0.0.1", Number(socketPort), { connector }),
  SysLogHandler: new SysLogHandler(["127.0.0.1", Number(syslogPort)], {
    connector,
    socktype: "stream",
  }),
  HTTPHandler: new HTTPHandler(`127.0.0.1:${httpPort}`, "/", { body: "ndjson", exitNotifier }),
  SMTPHandler: new SMTPHandler("127.0.0.1", {
    fromaddr: "app@example.com",
    toaddrs: "ops@example.com",
    subject: "Log",
    exitNotifier,
    transport: {
      async sendMail() {
        await turns(1);
        if (state === "absent") throw new Error("refused");
      },
    },
  }),
};
const handlers = Object.values(deliveries);
const queue = new RecordQueue();
const queueHandler = new QueueHandler(queue);
new QueueListener(queue, new FileHandler(`${file}.queue`)).start();

const log = getLogger();
const memory = new MemoryHandler(100, {
  flushLevel: 60,
  target: new FileHandler(`${file}.memory`),
});
for (const handler of [...handlers, queueHandler, memory, new FileHandler(file)]) {
  log.addHandler(handler);
}

const print = () => {
  const stats = Object.entries(deliveries).map(([name, handler]) => [name, handler.stats]);
  process.stdout.write(JSON.stringify(Object.fromEntries(stats)) + "\n");
};
if (ending === "logs in exit") {
  process.on("exit", () => {
    for (let i = 0; i < 3; i++) log.critical("last %d", i);
  });
}
// Deno runs exit hooks at events of its own, after those of its `process`.
if ("Deno" in globalThis) {
  globalThis.addEventListener("unload", print);
  globalThis.addEventListener("unhandledrejection", print);
} else {
  process.on("exit", print);
}

if (ending === "logs in beforeExit") {
  let moments = 0;
  process.on("beforeExit", () => {
    if (++moments === 200) process.exit(2);
    log.warning("moment %d", moments);
  });
}

if (state !== "connecting") {
  log.warning("first");
  const isSettled = () => handlers.every(({ stats }) => stats.connectFailures + stats.connects > 0);
  await until(isSettled, () => "a dial of each handler");
  if (state === "connected") await Promise.all(handlers.map((handler) => handler.flush()));
}
if (ending === "logs in exit") process.exit(1);
for (let i = 0; i < 3; i++) log.critical("last %d", i);
if (ending === "exits" || ending === "silent") process.exit(1);
if (ending === "exits by Deno.exit()") {
  (globalThis as unknown as { Deno: { exit(code: number): void } }).Deno.exit(1);
}
if (ending === "throws") throw new Error("thrown on purpose");
