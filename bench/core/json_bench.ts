/**
 * Benches of a call that writes a line of JSON: `JSONFormatter` beside pino and LogTape. Each writes
 * a text and four fields, with the time as ISO 8601 text, to a function that keeps the last line.
 */
import { assertEquals } from "@std/assert";
import { configureSync, getJsonLinesFormatter, getLogger as getLogTape } from "@logtape/logtape";
import { pino, stdTimeFunctions } from "pino";
import { getLogger, INFO, JSONFormatter, StreamHandler } from "../../mod.ts";

let last = "";
const stream = {
  write(text: string): void {
    last = text;
  },
};
const fields = { user: "anna", items: 3, paid: true, path: "/orders/7" };

/** Checks that the last line has the text, the fields and a time. */
function check(message: string): void {
  const line = JSON.parse(last);
  const { user, items, paid, path } = { ...line, ...line.properties };
  assertEquals({ user, items, paid, path }, fields);
  assertEquals([
    line.msg ?? line.message,
    typeof (line.time ?? line["@timestamp"]),
  ], [
    ...[message, "string"],
  ]);
}

const log = getLogger("bench.json");
log.setLevel(INFO);
log.propagate = false;
const handler = new StreamHandler(stream);
handler.setFormatter(new JSONFormatter());
log.addHandler(handler);
log.info("paid", { extra: fields });
check("paid");
Deno.bench("JSONFormatter", {
  group: "a JSON line of four fields",
  baseline: true,
}, () => {
  log.info("paid", { extra: fields });
});

const ofPino = pino(
  { timestamp: stdTimeFunctions.isoTime, base: null },
  stream,
);
ofPino.info(fields, "paid");
check("paid");
Deno.bench("pino", { group: "a JSON line of four fields" }, () => {
  ofPino.info(fields, "paid");
});

const toLine = getJsonLinesFormatter();
configureSync({
  sinks: { lines: (record) => stream.write(toLine(record)) },
  loggers: [
    { category: "bench", sinks: ["lines"], lowestLevel: "info" },
    { category: ["logtape", "meta"], sinks: [] },
  ],
});
const ofLogTape = getLogTape("bench");
ofLogTape.info("paid", fields);
check("paid");
Deno.bench(
  "LogTape's JSON Lines",
  { group: "a JSON line of four fields" },
  () => {
    ofLogTape.info("paid", fields);
  },
);
