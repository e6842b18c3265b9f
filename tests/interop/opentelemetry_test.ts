/** OpenTelemetry's log records at a CPython log server, also from a worker in real workerd. */
import { assertEquals, assertMatch } from "@std/assert";
import { withoutWorkerd, Workerd } from "../edge/workerd.ts";
import { test } from "../test.ts";
import { until } from "../until.ts";
import { python3, withoutPython } from "./python.ts";
import { PythonReceiver } from "./python_receiver.ts";
import { PHASE } from "./restart_phases.ts";
import { recordsThroughRestart } from "./restarted_receiver.ts";

const numbers = Array.from({ length: 3 * PHASE }, (_, number) => number);

test(
  "every record of a simple and of a batch processor arrives once and in order at a CPython receiver that is killed and restarted, before process.exit()",
  async () => {
    const programs = ["simple", "batch"].map((kind) =>
      recordsThroughRestart("opentelemetry_program.ts", [kind])
    );
    for (const records of await Promise.all(programs)) {
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
        if (isError) assertMatch(String(exc_text), /^TypeError: out of ink/);
        else assertEquals(exc_text, null);
      }
    }
  },
  { skip: withoutPython() },
);

test(
  "a worker in workerd that logs by OpenTelemetry delivers by ctx.waitUntil(exporter.forceFlush())",
  async () => {
    const receiver = await PythonReceiver.start(python3() ?? "python3", "tcp", "--json");
    await using workerd = await Workerd.start({
      worker: {
        entry: "tests/edge/opentelemetry_worker.ts",
        compatibilityDate: "2026-10-01",
        compatibilityFlags: ["no_nodejs_compat"],
        define: { RECEIVER_PORT: String(receiver.port) },
      },
    });
    const numbers = Array.from({ length: 20 }, (_, number) => number);
    const stats = async (path: string) => await (await fetch(workerd.url("worker", path))).json();
    await Promise.all(numbers.map((number) => stats(`/${number}`)));
    await until(async () => (await stats("/stats")).queued === 0, () => "all records to be sent");
    await receiver.stop();
    const records = await receiver.records(0);
    assertEquals(
      records.map((record) => record.__message__).sort(),
      numbers.map((number) => `#${number}: 50% done`).sort(),
    );
    for (const { name, levelno, exc_text, ...fields } of records) {
      assertEquals([name, levelno, fields["service.name"]], ["shop.edge", 40, "edge"]);
      assertMatch(String(exc_text), /^TypeError: out of ink/);
    }
  },
  { skip: withoutWorkerd || withoutPython() },
);
