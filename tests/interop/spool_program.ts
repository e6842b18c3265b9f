/**
 * A program whose handler has a spool: `spool_program.ts SCENARIO FOLDER PORT [RUN] [DURABILITY]`. Run
 * by spool_test.ts.
 */
import { writeSync } from "node:fs";
import process from "node:process";
import { getLogger, SocketHandler } from "../../mod.ts";
import { connector } from "../../src/adapters/auto.ts";
import { type Durability, fileSpool } from "../../src/files/spool/file_spool.ts";

const [scenario = "", folder = "", port = "", run = "0", durability = "os"] = process.argv
  .slice(2);

const spool = fileSpool(folder, {
  durability: durability as Durability,
  segmentBytes: 65536,
  perProcess: scenario === "shared",
});
const handler = new SocketHandler("127.0.0.1", Number(port), { connector, spool });
const log = getLogger("spooled");
log.addHandler(handler);

/** Logs for ever, and prints after each turn how many records were logged before its end. */
function logForEver(): void {
  let count = 0;
  const turn = () => {
    for (let i = 0; i < 1 + count % 97; i++) log.warning("run %s #%d", run, count++);
    const before = count;
    setImmediate(() => {
      writeSync(1, `${before}\n`);
      turn();
    });
  };
  turn();
}

switch (scenario) {
  case "for ever":
  case "shared":
    logForEver();
    break;
  case "flushes":
    await handler.flush();
    await handler.close();
    writeSync(1, `${JSON.stringify(handler.stats)}\n`);
    break;
  case "exits": // before the first connection
    log.critical("the last words");
    process.exit(1);
    break;
  case "exits connected":
    log.warning("#0");
    await handler.flush();
    for (let i = 1; i < 1000; i++) log.warning("#%d", i);
    process.exit(0);
    break;
  case "logs once":
    log.warning("run %s", run);
    await spool.sync();
    process.exit(0);
    break;
  default:
    throw new Error(`no such scenario: ${scenario}`);
}
