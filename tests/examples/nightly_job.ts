/**
 * A job that a timer starts: it logs to a syslog daemon over TLS and into a file of its own, and
 * ends with `process.exit()`, as its exit status tells whoever started it how it went.
 *
 *     LOG_HOST=logs.example LOG_CA=ca.pem LOG_FILE=nightly.log \
 *       deno run --allow-net --allow-env --allow-read --allow-write nightly_job.ts 3 5 seven
 *
 * or with `bun nightly_job.ts`, or with `node nightly_job.ts` from Node 22.18 on.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { Formatter, getLogger, shutdown, SysLogHandler } from "@logwire/logging";
import { connector } from "@logwire/logging/auto"; // or /deno, /bun, /node
import { RotatingFileHandler } from "@logwire/logging/file-handlers";

const { LOG_HOST = "localhost", LOG_PORT = "6514", LOG_CA, LOG_FILE = "nightly.log" } = process.env;

const syslog = new SysLogHandler([LOG_HOST, Number(LOG_PORT)], {
  connector,
  socktype: "stream",
  tls: LOG_CA === undefined ? true : { ca: [readFileSync(LOG_CA, "utf8")] },
  format: "rfc5424",
  appName: "nightly",
  whileDisconnected: "queue",
});
const file = new RotatingFileHandler(LOG_FILE, { maxBytes: 1_000_000, backupCount: 7 });
file.setFormatter(new Formatter("%(asctime)s %(levelname)s %(message)s"));

const log = getLogger("shop.nightly");
log.setLevel("INFO");
log.addHandler(syslog);
log.addHandler(file);

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
