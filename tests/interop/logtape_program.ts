/** `logtape_program.ts PORT`: logs by LogTape through an outage of its receiver, and exits. */
import { configure, getLogger } from "@logtape/logtape";
import process from "node:process";
import { logtapeSink } from "../../src/integrations/logtape.ts";
import { logThroughRestart, watchedHandler } from "./restart_phases.ts";

const watched = watchedHandler(Number(process.argv[2]));
await configure({
  sinks: { server: logtapeSink(watched.handler) },
  loggers: [
    { category: ["shop"], sinks: ["server"] },
    { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["server"] },
  ],
});
const log = getLogger(["shop", "cart"]).with({ shard: 7 });
await logThroughRestart(watched, (number) => {
  if (number % 3 > 0) log.info("#{number} is 50% done", { number });
  else log.error("#{number} failed: {error}", { number, error: failure() });
});
process.exit();

function failure(): Error {
  return new Error("out of ink", { cause: new TypeError("no pen") });
}
