/**
 * The emit() of a handler whose connection takes everything, on Node, Deno or Bun:
 * `syslog.ts rfc5424` with `extra` as structured data, `syslog.ts pickle` with the same records.
 * Prints a line of JSON: how many a second of processor time, the median of some rounds.
 */
import process from "node:process";
import { type LogRecord, type NetworkHandler, SocketHandler, SysLogHandler } from "../../mod.ts";
import { extraFields } from "../../src/logging/record_attributes.ts";
import { nowhere, written } from "./nowhere.ts";
import { makeRecords } from "./records.ts";

const ROUNDS = 7;
const WARM_UP_ROUNDS = 3;
const ROUND_MS = 80;

function open(what: string | undefined): NetworkHandler {
  const options = { connector: nowhere, onEvent: () => {} };
  if (what === "pickle") return new SocketHandler("127.0.0.1", 9020, options);
  return new SysLogHandler(["127.0.0.1", 6514], {
    ...options,
    socktype: "stream",
    format: "rfc5424",
    structuredDataId: "app@32473",
    hostname: "host",
  });
}

async function measure(
  handler: NetworkHandler,
  records: LogRecord[],
): Promise<number> {
  const before = process.cpuUsage();
  const started = performance.now();
  let calls = 0;
  for (; performance.now() - started < ROUND_MS; calls += records.length) {
    for (const record of records) handler.emit(record);
    await handler.flush();
  }
  const { user, system } = process.cpuUsage(before);
  return calls / (user + system) * 1e6;
}

const what = process.argv[2];
const handler = open(what);
const records = makeRecords("extra", 64);
for (let i = 0; i < WARM_UP_ROUNDS; i++) await measure(handler, records);
const fields = extraFields(records[0]!);
const text = new TextDecoder().decode(written);
for (const [name, value] of Object.entries(fields)) {
  const expected = what === "pickle" ? name : ` ${name}="${value}"`;
  if (!text.includes(expected)) throw new Error(`the result has no ${expected}`);
}
const rates: number[] = [];
for (let i = 0; i < ROUNDS; i++) rates.push(await measure(handler, records));
const rate = rates.sort((a, b) => a - b)[ROUNDS >> 1];
process.stdout.write(JSON.stringify({ rate }) + "\n");
process.exit(0);
