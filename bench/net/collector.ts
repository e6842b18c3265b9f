/**
 * The collector as a receiver: `collector.ts RECORDS [WARMUP]`. It does what `receive --out` does, in the
 * format of text, while a client follows the page's stream. Prints what receiver.ts prints, when the file
 * holds all records. peers/collector.py does the same, without a page.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { getLogger, type LogRecord } from "../../mod.ts";
import { Collector } from "../../src/collector/_collector.ts";
import { fileHandler } from "../../src/collector/_outputs.ts";
import { DEFAULT_MAX_BYTES } from "../../src/collector/_record_store.ts";
import { collectorSettings, host } from "../../tests/collector/settings.ts";
import { wallClock } from "./wall_clock.mjs";

const expected = Number(process.argv[2]);
const warmup = Number(process.argv[3] ?? 0);
const now = wallClock();
const token = "a-token-of-this-bench";
const folder = mkdtempSync(join(tmpdir(), "logwire-collector-"));
const out = join(folder, "out.log");
const file = fileHandler({ out, outFormat: "text" })!;
const names = new Map<string, number>();
let received = 0;
let cpuBefore = process.cpuUsage();
let start = 0;

function take(record: LogRecord): boolean {
  if (received === warmup) {
    cpuBefore = process.cpuUsage();
    start = now() * 1000;
  }
  names.set(record.name, (names.get(record.name) ?? 0) + 1);
  // The handlers get this record when it is noted.
  if (++received === warmup + expected) setTimeout(() => void tell(), 0);
  return true;
}

async function tell(): Promise<void> {
  await file.flush();
  const end = now() * 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const peakMiB = Number(/VmHWM:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) /
    1024;
  const lines = readFileSync(out, "latin1").split("\n").length - 1;
  rmSync(folder, { recursive: true });
  const wrong = Math.abs(lines - warmup - expected);
  const result = { start, end, wrong, cpuUs: user + system, peakMiB, shares: [...names.values()] };
  process.stdout.write(JSON.stringify(result) + "\n", () => process.exit(0));
}

const collector = new Collector(collectorSettings(["pickle"], {
  token,
  maxConnections: 1024,
  maxBytes: DEFAULT_MAX_BYTES,
  wants: take,
}));
getLogger().addHandler(file);
await collector.start();
const headers = { authorization: `Bearer ${token}` };
const shown = await fetch(`http://${host}:${collector.pagePort}/api/stream`, { headers });
void (async () => {
  for await (const _ of shown.body!);
})().catch(() => {});
process.stdout.write(`${collector.listeners[0]!.address.split(":")[1]}\n`);
