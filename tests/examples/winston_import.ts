/**
 * A program that logs by winston, as it always has, and now to a Python log server as well: one
 * transport more. It imports the orders of its arguments, and ends by `logger.end()`.
 *
 *     LOG_HOST=logs.example deno run --allow-net --allow-env winston_import.ts 3 5 seven
 *
 * or with `bun winston_import.ts`, or with `node winston_import.ts` from Node 22.18 on.
 */
import { once } from "node:events";
import process from "node:process";
import { SocketHandler } from "@logwire/logging";
import { connector } from "@logwire/logging/auto"; // or /deno, /bun, /node
import { winstonTransport } from "@logwire/logging/winston";
import winston from "winston";

const { LOG_HOST = "localhost", LOG_PORT = "9020" } = process.env;
const { format, transports } = winston;

const handler = new SocketHandler(LOG_HOST, Number(LOG_PORT), {
  connector,
  whileDisconnected: "queue",
});
const logger = winston.createLogger({
  level: "info",
  format: format.combine(format.splat(), format.timestamp()),
  defaultMeta: { service: "shop" },
  transports: [
    new transports.Console({ format: format.simple(), stderrLevels: ["error"] }),
    winstonTransport(handler, { name: "shop.import" }),
  ],
});

for (const [index, amount] of process.argv.slice(2).entries()) {
  const order = logger.child({ order: index + 1 });
  try {
    if (Number.isNaN(Number(amount))) throw new Error(`no amount: ${amount}`);
    order.info("booked %d, 50% of it today", amount);
  } catch (error) {
    order.error("not booked:", error);
  }
}

// "finish" comes when the records are delivered, or after five seconds.
logger.end();
await once(logger, "finish");
await handler.close();
