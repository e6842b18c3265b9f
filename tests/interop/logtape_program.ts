/**
 * `logtape_program.ts PORT restart`: logs by LogTape through an outage of its receiver, and exits.
 * `logtape_program.ts PORT ends`: logs, and ends without `dispose()`; also where LogTape's own hook at
 * the exit begins to dispose of the sink.
 */
import { configure, getLogger } from "@logtape/logtape";
import process from "node:process";
import { logtapeSink } from "../../src/integrations/logtape.ts";
import { logThroughRestart, PHASE, watchedHandler } from "./restart_phases.ts";

const watched = watchedHandler(Number(process.argv[2]));
await configure({
  sinks: { server: logtapeSink(watched.handler) },
  loggers: [
    { category: ["shop"], sinks: ["server"] },
    { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["server"] },
  ],
});
const log = getLogger(["shop", "cart"]).with({ shard: 7 });
if (process.argv[3] === "restart") {
  await logThroughRestart(watched, logNumber);
  process.exit();
}
for (let number = 0; number < PHASE; number++) logNumber(number);
process.on("exit", () => logNumber(PHASE));

function logNumber(number: number): void {
  if (number % 3 > 0) log.info("#{number} is 50% done", { number });
  else log.error("#{number} failed: {error}", { number, error: failure() });
}

function failure(): Error {
  return new Error("out of ink", { cause: new TypeError("no pen") });
}
