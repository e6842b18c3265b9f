/**
 * The till of a shop, whose line to the log server is often down: its records wait on the disk, over
 * restarts and power cuts, and arrive in order once the server can be reached.
 *
 *     LOG_HOST=logs.example LOG_SPOOL=/var/spool/till \
 *       deno run --allow-net --allow-env --allow-read=/var/spool/till \
 *       --allow-write=/var/spool/till shop_till.ts 3.50 12
 *
 * or with `bun shop_till.ts`, or with `node shop_till.ts` from Node 22.18 on.
 */
import process from "node:process";
import { getLogger, SocketHandler } from "@logwire/logging";
import { connector } from "@logwire/logging/auto"; // or /deno, /bun, /node
import { fileSpool } from "@logwire/logging/spool";

const { LOG_HOST = "localhost", LOG_PORT = "9020", LOG_SPOOL = "till-spool" } = process.env;

const spool = fileSpool(LOG_SPOOL, { maxBytes: 100_000_000, durability: "interval" });
const handler = new SocketHandler(LOG_HOST, Number(LOG_PORT), {
  connector,
  spool,
  closeTimeoutMs: 1000,
});
const log = getLogger("shop.till");
log.setLevel("INFO");
log.addHandler(handler);

for (const amount of process.argv.slice(2)) {
  if (Number.isNaN(Number(amount))) {
    // Nothing is awaited here, and nothing is lost: the next run sends it.
    log.critical("no amount: %r", amount);
    process.exit(1);
  }
  log.info("sold for %.2f", Number(amount));
}

// The receipt is printed once the sale cannot be lost any more, not even by a power cut.
await spool.sync();
process.stdout.write(`thank you\n`);

await handler.close();
const { queued } = handler.stats;
if (queued > 0) process.stdout.write(`${queued} records wait for the server\n`);
