/** A program that logs into a file and ends: `file_program.ts SCENARIO FILE`. */
import { execFileSync } from "node:child_process";
import process from "node:process";
import { getLogger } from "../../mod.ts";
import { FileHandler, RotatingFileHandler } from "../../src/files/file_handlers.ts";

const [scenario, path = ""] = process.argv.slice(2);
const log = getLogger("program");

function logThem(from: number, to: number): void {
  for (let i = from; i < to; i++) log.warning("#%d", i);
}

/** Sets how large a file may become, in bytes. */
function limit(bytes: string): void {
  execFileSync("prlimit", ["--pid", String(process.pid), `--fsize=${bytes}:`]);
}

/** The records that were reported as lost. */
const lost: string[] = [];

const handler = scenario === "compresses"
  ? new RotatingFileHandler(path, { maxBytes: 4000, backupCount: 2, gzip: true })
  : new FileHandler(path);
handler.handleError = (record, error) => {
  lost.push(`${record.getMessage()} ${error}`);
};
log.addHandler(handler);

switch (scenario) {
  case "ends":
  case "compresses":
    logThem(0, 1000);
    break;
  case "exits":
    logThem(0, 1000);
    process.exit(0);
    break;
  case "exits by Deno.exit()":
    logThem(0, 1000);
    (globalThis as unknown as { Deno: { exit(): void } }).Deno.exit();
    break;
  case "logs while it exits":
    process.on("exit", () => logThem(500, 1000));
    logThem(0, 500);
    process.exit(0);
    break;
  case "throws":
    logThem(0, 1000);
    throw new Error("thrown on purpose");
  case "rejects":
    logThem(0, 1000);
    Promise.reject(new Error("rejected on purpose"));
    break;
  case "meets a full disk":
    limit("1002");
    for (let i = 0; i < 6; i++) {
      logThem(i * 100, i * 100 + 100);
      await handler.flush();
    }
    limit("unlimited");
    logThem(600, 1000);
    await handler.close();
    process.stdout.write(JSON.stringify(lost));
    break;
  default:
    throw new Error(`no such scenario: ${scenario}`);
}
