/**
 * A job that ends with `process.exit()`, as its exit status tells whoever started it how it went.
 *
 *     LOG_HOST=logs.example deno run --allow-net --allow-env nightly_job.ts 3 5 seven
 *
 * or with `bun nightly_job.ts`, or with Node.
 */
import process from "node:process";
import { getLogger, shutdown, SocketHandler } from "@logwire/logging";
import { connector } from "@logwire/logging/auto"; // or /deno, /bun, /node

const { LOG_HOST = "localhost", LOG_PORT = "9020" } = process.env;

const log = getLogger("shop.nightly");
log.setLevel("INFO");
log.addHandler(
  new SocketHandler(LOG_HOST, Number(LOG_PORT), { connector, whileDisconnected: "queue" }),
);

let failed = 0;
for (const amount of process.argv.slice(2)) {
  if (Number.isNaN(Number(amount))) {
    failed++;
    log.error("no amount: %r", amount);
  } else {
    log.info("booked %d", Number(amount));
  }
}
log.info("ended, %d failed", failed);

// process.exit(), like Deno.exit(), awaits nothing, and the connection may not be open yet. Without
// this line the records are lost, and a line on stderr counts them.
await shutdown();
process.exit(failed === 0 ? 0 : 1);
