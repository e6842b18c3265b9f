/**
 * Uses a spool: `lock_program.ts MODE FOLDER`. `hold` logs a record and lives on; `use` logs one too,
 * and prints the errors of the spool and how many records it found.
 */
import { writeSync } from "node:fs";
import process from "node:process";
import { ConnectionError, getLogger, SocketHandler } from "../../mod.ts";
import { fileSpool } from "../../src/files/spool/file_spool.ts";

const [, , mode, folder = ""] = process.argv;
const errors: string[] = [];
const handler = new SocketHandler("localhost", 9020, {
  connector: { connect: () => Promise.reject(new ConnectionError("refused", "there is none")) },
  spool: fileSpool(folder, { durability: "always" }),
  closeTimeoutMs: 0,
  onEvent: (event) => {
    if (event.type === "spool") errors.push(event.error.message);
  },
});
const log = getLogger("wine");
log.addHandler(handler);
log.error("low on ink");
if (mode === "hold") setInterval(() => {}, 1000);
else {
  const { recovered } = handler.stats;
  await handler.close();
  writeSync(1, JSON.stringify({ errors, recovered }));
}
