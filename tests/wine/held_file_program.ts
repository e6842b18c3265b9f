/**
 * Rolls a file over while it is open without the permission to rename it, as some viewers open a log:
 * `held_file_program.ts FILE`. Prints the errors of the roll-overs.
 */
import { existsSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";
import { getLogger } from "../../mod.ts";
import { RotatingFileHandler } from "../../src/files/file_handlers.ts";
import { wideString } from "../../src/windows/_event_text.ts";
import { until } from "../until.ts";

const GENERIC_READ = 0x8000_0000;
/** Others may read it and write to it, and may not rename it. */
const FILE_SHARE_READ_WRITE = 3;
const OPEN_EXISTING = 3;

const [, , file = ""] = process.argv;
const koffi = createRequire(import.meta.url)("koffi");
const kernel = koffi.load("kernel32.dll");
const createFile = kernel.func("__stdcall", "CreateFileW", "intptr_t", [
  ...["void *", "uint32_t", "uint32_t", "void *", "uint32_t", "uint32_t", "intptr_t"],
]);
const closeHandle = kernel.func("__stdcall", "CloseHandle", "int32_t", ["intptr_t"]);

const errors: string[] = [];
const handler = new RotatingFileHandler(file, { maxBytes: 30, backupCount: 9 });
handler.handleError = (_record, error) => void errors.push((error as { code: string }).code);
const log = getLogger("wine");
log.addHandler(handler);
let count = 0;
const logOne = async () => {
  log.warning("record %d", count++);
  await handler.flush();
};

await logOne();
const held = createFile(
  wideString(file),
  GENERIC_READ,
  FILE_SHARE_READ_WRITE,
  null,
  OPEN_EXISTING,
  0,
  0,
);
if (held === -1) throw new Error(`${file} cannot be opened`);
for (let i = 0; i < 9; i++) await logOne();
const wasHeld = !existsSync(`${file}.1`);
closeHandle(held);
// It is tried again once a second.
await until(async () => {
  await logOne();
  return existsSync(`${file}.1`);
}, () => "the roll-over");
await logOne();
await handler.close();
writeSync(1, JSON.stringify({ errors, wasHeld, count }));
