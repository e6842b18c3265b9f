/** Benches of the work before a handler: records, messages, formats, and calls that log nothing. */
import { assertEquals } from "@std/assert";
import { withContext } from "../../src/context/with_context.ts";
import { DEBUG, Formatter, getLogger, Handler, INFO, LogRecord } from "../../mod.ts";
import { percentFormat } from "../../src/text/percent_format.ts";
import { MESSAGE } from "../net/record.mjs";

/** Takes every record and keeps the last. */
class LastRecord extends Handler {
  last: LogRecord | undefined;

  override emit(record: LogRecord): void {
    this.last = record;
  }
}

const handler = new LastRecord();
const log = getLogger("bench.area1");
log.setLevel(INFO);
log.propagate = false;
log.addHandler(handler);

assertEquals(log.isEnabledFor(DEBUG), false);
log.debug(MESSAGE);
assertEquals(handler.last, undefined);
Deno.bench("logger.debug() that is not enabled", { group: "call" }, () => {
  log.debug(MESSAGE);
});

log.info("%d of %s", 7, "spam");
assertEquals(handler.last?.getMessage(), "7 of spam");
Deno.bench("logger.info() to a handler that does nothing", { group: "call" }, () => {
  log.info(MESSAGE);
});
Deno.bench("logger.info() with two arguments", { group: "call" }, () => {
  log.info("%d of %s", 7, "spam");
});

const fields = { requestId: "r-17", user: "anna" };
Deno.bench("logger.info() with two fields of extra", { group: "call" }, () => {
  log.info(MESSAGE, { extra: fields });
});
// From here on there was a context, and every call looks for one: what is above has none to look for.
const within = () => {
  for (let i = 0; i < 10; i++) log.info(MESSAGE);
};
Deno.bench("ten logger.info() within withContext() of two fields", { group: "call" }, () => {
  withContext(fields, within);
});
Deno.bench("ten logger.info() outside, after withContext()", { group: "call" }, within);

const plain = new LogRecord("bench.area1", INFO, "(unknown file)", 0, MESSAGE, [], null);
const merged = new LogRecord("bench.area1", INFO, "bench.ts", 7, "%d of %s", [7, "spam"], null);
Deno.bench("new LogRecord()", { group: "record" }, () => {
  new LogRecord("bench.area1", INFO, "(unknown file)", 0, MESSAGE, [], null);
});
Deno.bench("getMessage() with two arguments", { group: "record" }, () => {
  merged.getMessage();
});

const args = [7, 81];
assertEquals(
  percentFormat("request %d took %d ms", args),
  "request 7 took 81 ms",
);
Deno.bench("percentFormat() of two integers", { group: "percent" }, () => {
  percentFormat("request %d took %d ms", args);
});
Deno.bench(
  "percentFormat() of a float with precision",
  { group: "percent" },
  () => {
    percentFormat("took %.2f ms", [81.25]);
  },
);
let made = 0;
Deno.bench("percentFormat() of a format that is used once", {
  group: "percent",
}, () => {
  percentFormat(`request ${made++} took %d ms`, [81]);
});

const formats: Record<string, Formatter> = {
  "the default format": new Formatter(),
  "time, level, name and message": new Formatter(
    "%(asctime)s %(levelname)-8s %(name)s: %(message)s",
  ),
  "the style {": new Formatter("{levelname:<8} {name}: {message}", null, { style: "{" }),
};
assertEquals(formats["the default format"]?.format(plain), MESSAGE);
assertEquals(formats["the style {"]?.format(plain), `INFO     bench.area1: ${MESSAGE}`);
assertEquals(
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO {5}bench\.area1: 7 of spam$/.test(
    formats["time, level, name and message"]?.format(merged) ?? "",
  ),
  true,
);
for (const [name, formatter] of Object.entries(formats)) {
  Deno.bench(`format(): ${name}`, { group: "format" }, () => {
    formatter.format(plain);
  });
}
