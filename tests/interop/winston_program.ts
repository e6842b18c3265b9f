/** A program that logs by winston to a log server: `winston_program.ts PORT [throws]`. */
import process from "node:process";
import winston from "winston";
import { SocketHandler } from "../../mod.ts";
import { connector } from "../../src/adapters/auto.ts";
import { winstonTransport } from "../../src/integrations/winston.ts";
import { logThroughOutage } from "./foreign_outage.ts";

const [port, ending] = process.argv.slice(2);
const handler = new SocketHandler("127.0.0.1", Number(port), {
  connector,
  whileDisconnected: "queue",
  onEvent: () => {},
});
handler.retryStart = 0.05;
handler.retryMax = 0.1;
const { format } = winston;
const logger = winston.createLogger({
  level: "silly",
  format: format.combine(format.timestamp(), format.splat(), format.colorize(), format.json()),
  defaultMeta: { service: "shop" },
  transports: [
    winstonTransport(handler, { name: "shop.orders", handleExceptions: ending === "throws" }),
  ],
});

if (ending === "throws") {
  logger.info("about to fail");
  setTimeout(() => {
    throw new Error("thrown on purpose", { cause: new Error("the cause") });
  });
} else {
  logger.child({ requestId: 7 }).warn("%s at 50%", "low", { left: 2, name: "clash" });
  logger.error("failed", new Error("disk full", { cause: new Error("quota") }));
  logger.http("GET /");
  await logThroughOutage(handler, (phase, number) => logger.info(`${phase} ${number}`, { number }));
}
