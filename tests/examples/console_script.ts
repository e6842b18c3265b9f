// deno-lint-ignore-file no-console -- the console is what it logs by
/**
 * A script that prints by the console, in each of its modules and libraries: what it prints still
 * goes to the terminal, and to a Python log server as well.
 *
 *     LOG_HOST=logs.example deno run --allow-net --allow-env console_script.ts 3 5 seven
 *
 * or with `bun console_script.ts`, or with `node console_script.ts` from Node 22.18 on.
 */
import process from "node:process";
import { getLogger, SocketHandler } from "@logwire/logging";
import { connector } from "@logwire/logging/auto"; // or /deno, /bun, /node
import { captureConsole } from "@logwire/logging/console";

const { LOG_HOST = "localhost", LOG_PORT = "9020" } = process.env;

const log = getLogger("shop.script");
log.setLevel("INFO");
log.addHandler(
  new SocketHandler(LOG_HOST, Number(LOG_PORT), { connector, whileDisconnected: "queue" }),
);
captureConsole(log, { passThrough: true });

// The script, as it was before.
const amounts = process.argv.slice(2);
console.log("%d orders:", amounts.length, amounts);
for (const amount of amounts) {
  if (Number.isNaN(Number(amount))) console.error("not booked:", new Error(`no amount: ${amount}`));
  else console.info(`booked ${amount}, 50% of it today`);
}
console.debug("is below the level of the logger");
