/** Runs without a sink: what is computed, and what is received. */
import { start } from "./processes.mjs";

const LIMIT_MS = 60_000;

/** Runs a program that prints one line of JSON with its `rate`. */
export async function compute(setting, { command, env }) {
  const child = start(command, { env, cwd: setting.root, limitMs: LIMIT_MS });
  const line = await child.line();
  const problem = await child.done;
  if (problem !== undefined || line === undefined) {
    throw new Error(child.describe(problem ?? "printed nothing"));
  }
  const { rate, note } = JSON.parse(line);
  return { rate, cpuUs: 1e6 / rate, note };
}

/**
 * Feeds a receiver `warmup` and then `records` records over `connections` connections. Of many connections each has
 * more to send than is received, so that how it is shared among them is the receiver's doing.
 */
export async function receive(setting, commands, options) {
  const { runtime, file, records, warmup, connections, limitMs } = options;
  const { frames = setting.received } = options;
  const all = warmup + records;
  const { command, env } = commands.run(runtime, file, String(records), String(warmup));
  const receiver = start(command, { env, cwd: setting.root, limitMs });
  let feeder;
  try {
    const port = Number(await receiver.line(10_000));
    if (!(port > 0)) throw new Error(receiver.describe("did not listen"));
    const many = connections > 1;
    const feed = commands.feed(
      ...[port, many ? setting.receivedOfMany : frames, all, connections].map(String),
    );
    feeder = start(feed.command, { env, cwd: setting.root, limitMs });
    await feeder.line(20_000);
    const line = await receiver.line();
    const problem = await receiver.done;
    if (problem !== undefined || line === undefined) {
      throw new Error(receiver.describe(problem ?? "printed nothing"));
    }
    const { start: began, end, wrong, cpuUs, peakMiB, shares } = JSON.parse(line);
    if (wrong > 0) throw new Error(receiver.describe(`${wrong} records were not those sent`));
    const note = many ? { note: fairness(shares, all / connections) } : {};
    return {
      rate: records / (end - began) * 1e6,
      cpuUs: cpuUs / records,
      peakMiB,
      lost: 0,
      ...note,
    };
  } finally {
    receiver.kill();
    feeder?.kill();
  }
}

function fairness(shares, fair) {
  const of = (value) => (value / fair).toFixed(2);
  return `${shares.length} heard, ${of(Math.min(...shares))} to ${of(Math.max(...shares))} of a ` +
    `fair share`;
}
