/** One run of one subject against one sink: what came of it. */
import { start } from "./processes.mjs";
import { startSink } from "./sink.mjs";

/** When for so long nothing has arrived, nothing more will: the subject has flushed before. */
const PATIENCE_MS = 1500;

/**
 * Runs a subject once. `command` makes the command of a job (see net/driver.ts); the result has
 * `rate` (records a second from the first call to the last byte in the sink), `cpuUs` (a record,
 * all threads, user and system), `idleMiB`, `peakMiB`, `lost`, and `latencyUs` where it was asked
 * for. Throws if a record arrived that is not what was logged.
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
    kind = "pickle",
    delimiter,
    limitMs,
  } = options;
  const deaf = server !== "reads";
  const total = warmup + records;
  const sink = await startSink(setting.sink, {
    kind: deaf ? server : kind,
    protocol,
    delimiter,
    marks: deaf ? [] : [warmup, total],
    limitMs,
  });
  const job = {
    ...{ port: sink.port, protocol, loggers, frames: setting.frames },
    ...{ records, perTurn, warmup, latency, exit, deaf },
  };
  const { command: argv, env } = command(job);
  const child = start(argv, { env, cwd: setting.root, limitMs });
  let arrived;
  let result;
  try {
    for (let line; (line = await child.line()) !== undefined;) {
      const message = parse(line);
      if (message.at === "warm" && !deaf) await sink.mark(warmup, PATIENCE_MS);
      if (message.at === "flushed" && !deaf) {
        arrived = await sink.mark(total, PATIENCE_MS);
      }
      if (message.at !== "end") child.send("\n");
      else result = message;
      // On Deno a read of stdin holds the process until stdin ends.
      if (result !== undefined) child.endInput();
    }
    const problem = await child.done;
    if (problem !== undefined) throw new Error(child.describe(problem));
    if (result === undefined && !exit) {
      throw new Error(child.describe("ended without a result"));
    }
    const { records: received, bad, cut, last } = await sink.finish();
    if (bad > 0) {
      throw new Error(
        child.describe(`${bad} records arrived that were not logged`),
      );
    }
    if (received > total) {
      throw new Error(child.describe(`${received} of ${total} arrived`));
    }
    const counted = { lost: deaf ? undefined : total - received, cut };
    if (exit) return counted;
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

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    // A subject's own chatter.
    return {};
  }
}
