/** One run of one subject against one sink: what came of it. */
import { expectations } from "../net/record.mjs";
import { wallClock } from "../net/wall_clock.mjs";
import { messageOf, start } from "./processes.mjs";
import { startSink } from "./sink.mjs";

/** When for so long nothing has arrived, nothing more will: the subject has flushed before. */
const PATIENCE_MS = 1500;

/** The number of the record that the controls send again and again. */
export const FIXED = 7;

/**
 * Runs a subject once. `command` makes the command of a job (see net/driver.ts); the result has
 * `rate` (records a second from the first call to the last byte in the sink), `cpuUs` (a record,
 * all threads, user and system), `idleMiB`, `peakMiB`, `lost`, and `latencyUs` or `exitMs` where
 * these were asked for. `lateMs` has the server read nothing for so long after the warm-up. Throws
 * if a record arrived that is not what was logged, or not in order.
 */
export async function measure(setting, command, options) {
  const {
    records,
    perTurn = 0,
    warmup,
    loggers = 1,
    latency = false,
    exit = false,
    protocol = "tcp",
    server = "reads",
    lateMs = 0,
    kind = "args",
    format = "pickle",
    isFixed = false,
    batchMs,
    durability,
    delimiter,
    limitMs,
  } = options;
  const deaf = server !== "reads";
  const total = warmup + records;
  const sink = await startSink(setting.sink, {
    kind: deaf ? server : format === "pickle" ? "pickle" : "text",
    ...{ protocol, delimiter, loggers },
    expected: expectations(kind, { format, loggers, fixed: isFixed ? FIXED : undefined }),
    marks: deaf ? [] : [warmup, total],
    limitMs,
  });
  const job = {
    ...{ port: sink.port, protocol, loggers, kind, batchMs, frames: setting.framesOf(kind) },
    ...{ durability, records, perTurn, warmup, latency, exit, deaf },
  };
  const { command: argv, env } = command(job);
  const child = start(argv, { env, cwd: setting.root, limitMs });
  let arrived;
  let result;
  let exitAt;
  const now = wallClock();
  try {
    for (let line; (line = await child.line()) !== undefined;) {
      const message = messageOf(line);
      if (message.at === "warm" && !deaf) await sink.mark(warmup, PATIENCE_MS);
      if (message.at === "warm" && lateMs > 0) await sink.beLate(lateMs);
      if (message.at === "exit") exitAt = message.time;
      if (message.at === "flushed" && !deaf) {
        arrived = await sink.mark(total, PATIENCE_MS);
      }
      if (message.at !== "end") child.send("\n");
      else result = message;
      // On Deno a read of stdin holds the process until stdin ends.
      if (result !== undefined) child.endInput();
      // Without a server that reads, the exit hook of pino waits for its worker for ever.
      if (result !== undefined && deaf) child.kill();
    }
    const isKilled = result !== undefined && deaf;
    const problem = isKilled ? undefined : await child.done;
    const exitMs = exitAt === undefined ? undefined : now() - exitAt;
    if (problem !== undefined) throw new Error(child.describe(problem));
    if (result === undefined && !exit) {
      throw new Error(child.describe("ended without a result"));
    }
    const { records: received, bad, cut, last, next } = await sink.finish();
    if (bad > 0) {
      throw new Error(
        child.describe(`${bad} records arrived that were not logged, or out of order`),
      );
    }
    if (received > total || !isFixed && next > total) {
      throw new Error(child.describe(`${received} of ${total} arrived`));
    }
    const counted = { lost: deaf ? undefined : total - received, cut };
    if (exit) return { ...counted, exitMs };
    const seconds = ((deaf ? undefined : arrived ?? last) - result.start) / 1e6;
    return {
      ...counted,
      rate: latency ? undefined : (received - warmup) / seconds,
      cpuUs: latency ? undefined : result.cpuUs / records,
      idleMiB: result.idleMiB,
      peakMiB: result.peakMiB,
      latencyUs: result.latencyUs,
      emitMs: result.emitMs,
      account: result.account,
    };
  } finally {
    child.kill();
    sink.kill();
  }
}
