/**
 * A program that gives up its privileges when it has opened its log, in a folder of root's:
 * `privilege_program.ts KIND FOLDER`. Prints what it reported.
 */
import fs from "node:fs";
import process from "node:process";
import { setImmediate } from "node:timers/promises";
import { makeLogRecord } from "../../mod.ts";
import {
  RotatingFileHandler,
  TimedRotatingFileHandler,
  WatchedFileHandler,
} from "../../src/files/file_handlers.ts";

/** "nobody" on most systems; any other user than root would do. */
const NOBODY = 65534;

const [kind, folder] = process.argv.slice(2);
const path = `${folder}/app.log`;
let now = 1_700_000_000;
const handler = kind === "RotatingFileHandler"
  ? new RotatingFileHandler(path, { maxBytes: 1000, backupCount: 3 })
  : kind === "TimedRotatingFileHandler"
  ? new TimedRotatingFileHandler(path, { when: "S", clock: { now: () => now } })
  : new WatchedFileHandler(path);
const told: string[] = [];
handler.handleError = (_record, error) => void told.push(String((error as { code?: string }).code));
// As logrotate would, a moment later.
if (kind === "WatchedFileHandler") fs.renameSync(path, `${path}.1`);
process.setegid!(NOBODY);
process.seteuid!(NOBODY);
for (let i = 0; i < 1000; i++) {
  now += 0.05;
  handler.handle(makeLogRecord({ name: "app", levelno: 20, levelname: "INFO", msg: `${i}` }));
  if (i % 10 === 0) await setImmediate();
}
await handler.close();
process.stdout.write(JSON.stringify(told));
