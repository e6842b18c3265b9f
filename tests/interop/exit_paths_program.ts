/**
 * A program that logs three records through every handler at once and ends in one of the ways that
 * README.md lists: `exit_paths_program.ts ENDING STATE TCP_PORT UDP_PORT SYSLOG_PORT HTTP_PORT FILE`.
 * Run by exit_paths_test.ts.
 */
import process from "node:process";
import {
  DatagramHandler,
  getLogger,
  HTTPHandler,
  shutdown,
  SocketHandler,
  StreamHandler,
  SysLogHandler,
} from "../../mod.ts";
import { connector, exitNotifier } from "../../src/adapters/auto.ts";
import { FileHandler } from "../../src/files/file_handlers.ts";
import { MemoryHandler } from "../../src/handlers/memory_handler.ts";
import { QueueHandler, QueueListener, RecordQueue } from "../../src/queue/queue_handler.ts";

const [ending, state, tcpPort, udpPort, syslogPort, httpPort, file = ""] = process.argv.slice(2);
const network = [
  new SocketHandler("127.0.0.1", Number(tcpPort), { connector }),
  new DatagramHandler("127.0.0.1", Number(udpPort), { connector }),
  new SysLogHandler(["127.0.0.1", Number(syslogPort)], { connector, socktype: "stream" }),
  new HTTPHandler(`127.0.0.1:${httpPort}`, "/", { body: "ndjson", exitNotifier }),
];
const queue = new RecordQueue();
new QueueListener(queue, new FileHandler(`${file}.queue`)).start();
const memory = new MemoryHandler(100, {
  flushLevel: 60,
  target: new FileHandler(`${file}.memory`),
});

const log = getLogger();
const others = [new QueueHandler(queue), memory, new FileHandler(file), new StreamHandler()];
for (const handler of [...network, ...others]) log.addHandler(handler);
if (ending === "stops at SIGTERM by shutdown()") {
  process.on("SIGTERM", () => shutdown().then(() => process.exit()));
}

if (state === "connected") {
  log.critical("first");
  await Promise.all([...network, ...others].map((handler) => handler.flush()));
}
for (let i = 0; i < 3; i++) log.critical("last %d", i);
switch (ending) {
  case "throws":
    throw new Error("thrown on purpose");
  case "calls process.exit()":
    process.exit(1);
    break;
  case "calls Deno.exit()":
    (globalThis as unknown as { Deno: { exit(code: number): void } }).Deno.exit(1);
    break;
  case "is killed by SIGTERM":
  case "stops at SIGTERM by shutdown()":
    process.kill(process.pid, "SIGTERM");
    setInterval(() => {}, 1000);
}
