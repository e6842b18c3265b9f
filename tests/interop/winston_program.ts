/**
 * `winston_program.ts PORT restart`: logs by winston through an outage of its receiver, and exits.
 * `winston_program.ts PORT throws`: throws an error, which winston logs before it exits.
 */
import process from "node:process";
import winston from "winston";
import { winstonTransport } from "../../src/integrations/winston.ts";
import { logThroughRestart, watchedHandler } from "./restart_phases.ts";

const [port, ending] = process.argv.slice(2);
const watched = watchedHandler(Number(port));
const transport = winstonTransport(watched.handler, {
  name: "shop.orders",
  handleExceptions: ending === "throws",
});
const { format } = winston;
const logger = winston.createLogger({
  level: "silly",
  format: format.combine(format.timestamp(), format.splat(), format.colorize(), format.json()),
  defaultMeta: { service: "shop" },
  transports: [transport],
});

if (ending === "restart") {
  await logThroughRestart(watched, logNumber);
  process.exit();
}
// winston waits three seconds before it exits: a tenth of that is enough for the delivery.
const { setTimeout } = globalThis;
globalThis.setTimeout =
  ((run: () => void, delay = 0) =>
    setTimeout(run, delay === 3000 ? 300 : delay)) as typeof setTimeout;
logger.info("about to fail");
setTimeout(() => {
  throw new Error("thrown on purpose", { cause: new Error("the cause") });
});

function logNumber(number: number): void {
  const kind = number % 3;
  const child = logger.child({ number, name: "clash" });
  if (kind === 0) child.error("failed", new Error("disk full", { cause: new Error("quota") }));
  else if (kind === 1) child.warn("%s at 50%", "low", { left: 2 });
  else child.http("GET /");
}
