/**
 * Does with our handlers what record_rollovers.py did with CPython's, in the time zone of the
 * environment: `rollover_program.ts TRACES FOLDER`, with the zone in TZ; prints JSON as the traces.
 */
import fs from "node:fs";
import process from "node:process";
import { LogRecord } from "../../mod.ts";
import { TimedRotatingFileHandler } from "../../src/files/file_handlers.ts";
import { contents, type TimedOptions, type ZoneTraces } from "./rollover_traces.ts";

const [traces = "", folder = ""] = process.argv.slice(2);
const { zones } = JSON.parse(fs.readFileSync(traces, "utf8")) as {
  zones: Record<string, ZoneTraces>;
};
const { computed, runs } = zones[process.env.TZ ?? ""]!;
const path = `${folder}/app.log`;

let now = 0;
let rolled: [number, number][] = [];

class Timed extends TimedRotatingFileHandler {
  override doRollover(): void {
    super.doRollover();
    rolled.push([now, this.rolloverAt]);
  }
}

function timed([when, interval, utc, at, backupCount]: TimedOptions): Timed {
  const [hour = 0, minute = 0, second = 0] = at ?? [];
  const atTime = at && { hour, minute, second };
  const clock = { now: () => now };
  return new Timed(path, { when, interval, utc, atTime, backupCount, clock, delay: true });
}

async function run(options: TimedOptions, times: number[]): Promise<ZoneTraces["runs"][number]> {
  rolled = [];
  now = times[0]!;
  let handler = timed(options);
  for (const [i, time] of times.entries()) {
    now = time;
    if (i === Math.floor(times.length / 2)) {
      await handler.close();
      const last = times[i - 1]!;
      if (fs.existsSync(path)) fs.utimesSync(path, last, last);
      handler = timed(options);
    }
    handler.handle(new LogRecord("app", 20, "app.ts", 1, `#${i}`, [], null));
  }
  await handler.close();
  return { options, times, rolled, files: contents(folder) };
}

const results: ZoneTraces = { computed: [], runs: [] };
for (const [when, interval, utc, at, time] of computed) {
  const handler = timed([when, interval, utc, at, 0]);
  results.computed.push([when, interval, utc, at, time, handler.computeRollover(time)]);
  await handler.close();
}
for (const { options, times } of runs) results.runs.push(await run(options, times));
process.stdout.write(JSON.stringify(results));
