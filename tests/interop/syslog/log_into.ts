/** Records of all kinds into a daemon. */
import { assertEquals } from "@std/assert";
import type { SysLogHandler } from "../../../src/handlers/sys_log_handler.ts";
import { Logger } from "../../../src/logging/logger.ts";
import type { LogRecord } from "../../../src/logging/log_record.ts";
import { ListHandler } from "../../logging/helpers.ts";
import type { SyslogDaemon } from "./daemon.ts";
import type { Received } from "./program.ts";

/** The records that are logged: one of each kind. */
const calls: [severity: number, log: (log: Logger) => void][] = [
  [7, (log) => log.debug("debug %d", 1)],
  [6, (log) => log.info("häm ✓ 𝄞 %s", "\u00a0")],
  [4, (log) => log.warning("two\nlines\tand\ra tab")],
  [3, (log) => log.error("it failed", new Error("deliberate mistake"))],
  [2, (log) => log.critical("x".repeat(60_000))],
  [4, (log) => log.log(25, "")],
];

/** A record as it was logged, and as the daemon wrote it. */
export interface Outcome {
  record: LogRecord;
  line: string;
  received: Received;
  severity: number;
}

/** Logs through a handler and closes it; returns every record as the daemon wrote it, in order. */
export async function logInto(daemon: SyslogDaemon, handler: SysLogHandler): Promise<Outcome[]> {
  const before = daemon.messages.length;
  const log = new Logger("shop.orders", 1);
  const list = new ListHandler();
  log.addHandler(list);
  log.addHandler(handler);
  for (const [_, call] of calls) call(log);
  await handler.close();
  const { sent, queued, droppedTotal } = handler.stats;
  assertEquals({ sent, queued, droppedTotal }, { sent: calls.length, queued: 0, droppedTotal: 0 });
  const received = await daemon.received(before + calls.length);
  return calls.map(([severity], i) => ({
    record: list.records[i]!,
    line: list.lines[i]!,
    received: received[before + i]!,
    severity,
  }));
}
