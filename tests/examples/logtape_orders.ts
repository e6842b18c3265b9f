/**
 * A program that logs with LogTape, as do the libraries that it uses; its records go to a Python
 * log server, or to any other that a handler of this package reaches.
 *
 *     LOG_HOST=logs.example deno run --allow-net --allow-env logtape_orders.ts 3 5 seven
 *
 * or with `bun logtape_orders.ts`, or with `node logtape_orders.ts` from Node 22.18 on.
 */
import { configure, dispose, getLogger, type Logger } from "@logtape/logtape";
import process from "node:process";
import { SocketHandler } from "@logwire/logging";
import { connector } from "@logwire/logging/auto"; // or /deno, /bun, /node
import { logtapeSink } from "@logwire/logging/logtape";

const { LOG_HOST = "localhost", LOG_PORT = "9020" } = process.env;

await configure({
  sinks: {
    server: logtapeSink(
      new SocketHandler(LOG_HOST, Number(LOG_PORT), { connector, whileDisconnected: "queue" }),
    ),
  },
  loggers: [
    { category: ["shop"], lowestLevel: "info", sinks: ["server"] },
    // LogTape reports here what fails within it.
    { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["server"] },
  ],
});

const log = getLogger(["shop", "orders"]);
const amounts = process.argv.slice(2);
amounts.forEach((amount, index) => order(amount, log.with({ order: index + 1 })));
log.info("{count} orders, 100% read", { count: amounts.length });

// Closes the handler, which sends what is queued first.
await dispose();

function order(amount: string, log: Logger): void {
  try {
    log.info("{pens} pens ordered", { pens: numberOf(amount) });
  } catch (error) {
    log.error("refused", { error, amount });
  }
}

function numberOf(amount: string): number {
  try {
    return JSON.parse(amount);
  } catch (cause) {
    throw new TypeError("no amount", { cause });
  }
}
