/** OpenTelemetry's log records at a CPython log server. */
import { assertEquals, assertMatch } from "@std/assert";
import { test } from "../test.ts";
import { withoutPython } from "./python.ts";
import { PHASE } from "./restart_phases.ts";
import { recordsThroughRestart } from "./restarted_receiver.ts";

for (const kind of ["simple", "batch"]) {
  test(
    `every record of a ${kind} processor arrives once and in order at a CPython receiver that is killed and restarted, before process.exit()`,
    async () => {
      const records = await recordsThroughRestart("opentelemetry_program.ts", [kind]);
      const numbers = Array.from({ length: 3 * PHASE }, (_, number) => number);
      assertEquals(records.map(({ number }) => number), numbers);
      for (const record of records) {
        const { number, name, levelno, levelname, args, exc_text } = record;
        assertEquals([name, args], ["shop.cart", null]);
        const isError = Number(number) % 3 === 0;
        assertEquals([levelno, levelname], isError ? [40, "ERROR"] : [20, "INFO"]);
        assertEquals(record.__message__, isError ? "failed" : `#${number} is 50% done`);
        assertEquals([record.trace_id, record.span_id, record.trace_flags], [
          ...["0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "01"],
        ]);
        assertEquals([record["service.name"], record.bytes], ["shop", String.raw`b'\x01\x02'`]);
        if (isError) {
          assertMatch(String(exc_text), /^TypeError: out of ink/);
        } else assertEquals(exc_text, null);
      }
    },
    { skip: withoutPython() },
  );
}
