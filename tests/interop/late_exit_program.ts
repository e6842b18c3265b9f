/**
 * A program that logs a burst to a server which reads late, and ends at once:
 * `late_exit_program.ts ENDING KIND PORT RECORDS EXIT_TIMEOUT_MS BATCH_MS ADAPTER`. Prints its
 * account. Run by late_exit_test.ts.
 */
import process from "node:process";
import { getLogger, SocketHandler, SysLogHandler } from "../../mod.ts";

const [ending, kind, port, records, exitTimeout, batch = "0", adapter = "auto"] = process.argv
  .slice(2);
const { connector } = await import(
  `../../src/adapters/${adapter}.ts`
) as typeof import("../../src/adapters/auto.ts");
const options = {
  connector,
  exitTimeoutMs: Number(exitTimeout),
  batchMs: Number(batch),
};
const handler = kind === "syslog"
  ? new SysLogHandler(["127.0.0.1", Number(port)], { ...options, socktype: "stream" })
  : new SocketHandler("127.0.0.1", Number(port), options);
const log = getLogger("late");
log.addHandler(handler);

const print = () => {
  const { emitted, sent, queued, droppedTotal } = handler.stats;
  process.stdout.write(JSON.stringify({ emitted, sent, queued, droppedTotal }) + "\n");
};
if ("Deno" in globalThis) {
  globalThis.addEventListener("unload", print);
  globalThis.addEventListener("unhandledrejection", print);
} else process.on("exit", print);
if (ending === "logs in exit") {
  process.on("exit", () => {
    log.warning("#%d", Number(records));
    print();
  });
}

log.warning("#%d", 0);
await handler.flush();
for (let i = 1; i < Number(records); i++) log.warning("#%d", i);
if (ending === "throws") throw new Error("thrown on purpose");
process.exit(0);
