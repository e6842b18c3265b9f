/** One run of a subject of the group `http` against a web server in another process. */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { messageOf, start } from "../tools/processes.mjs";

const SINK = fileURLToPath(new URL("http_sink.mjs", import.meta.url));

/**
 * Runs a subject once under net/driver.ts. The rate is that of records whose requests the server has
 * answered: a flush ends with the answer to the last one. Throws if the server counted another number.
 */
export async function measureHttp(setting, command, options) {
  const { records, perTurn, warmup, limitMs, batchMs } = options;
  const bounds = { cwd: setting.root, limitMs };
  const sink = start([process.execPath, SINK], bounds);
  let child;
  try {
    const port = Number(await sink.line(10_000));
    if (!(port > 0)) throw new Error(sink.describe("did not listen"));
    const job = {
      ...{ port, protocol: "tcp", loggers: 1, kind: "extra", batchMs },
      ...{ records, perTurn, warmup },
    };
    const { command: argv, env } = command(job);
    child = start(argv, { ...bounds, env });
    let result;
    for (let line; (line = await child.line()) !== undefined;) {
      const message = messageOf(line);
      if (message.at === "end") {
        result = message;
        child.endInput();
      } else if (message.at !== undefined) child.send("\n");
    }
    const problem = await child.done;
    if (problem !== undefined || result === undefined) {
      throw new Error(child.describe(problem ?? "ended without a result"));
    }
    sink.send("\n");
    const counted = JSON.parse(await sink.line(10_000));
    const all = warmup + records;
    if (counted.records !== all) {
      throw new Error(child.describe(`${counted.records} of ${all} arrived`));
    }
    return {
      rate: records / result.flushMs * 1000,
      cpuUs: result.cpuUs / records,
      idleMiB: result.idleMiB,
      peakMiB: result.peakMiB,
      lost: 0,
      note: `${counted.requests} requests in all`,
    };
  } finally {
    child?.kill();
    sink.kill();
  }
}
