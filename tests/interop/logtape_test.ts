/** LogTape's records at a CPython log server, also from a worker in real workerd. */
import { assertEquals, assertMatch } from "@std/assert";
import { withoutWorkerd, Workerd } from "../edge/workerd.ts";
import { test } from "../test.ts";
import { until } from "../until.ts";
import { runProgram } from "./programs.ts";
import { python3, withoutPython } from "./python.ts";
import { PythonReceiver } from "./python_receiver.ts";
import { PHASE } from "./restart_phases.ts";
import { recordsThroughRestart } from "./restarted_receiver.ts";

test(
  "every record of LogTape arrives once and in order at a CPython receiver that is killed and restarted, before process.exit()",
  async () => {
    const records = await recordsThroughRestart("logtape_program.ts", ["restart"]);
    const numbers = Array.from({ length: 3 * PHASE }, (_, number) => number);
    assertEquals(records.map(({ number }) => number), numbers);
    for (const { number, name, levelno, levelname, shard, args, exc_text, ...record } of records) {
      assertEquals([name, shard, args], ["shop.cart", 7, null]);
      const isError = Number(number) % 3 === 0;
      assertEquals([levelno, levelname], isError ? [40, "ERROR"] : [20, "INFO"]);
      const text = isError ? `#${number} failed: Error: out of ink` : `#${number} is 50% done`;
      assertEquals(record.__message__, text);
      if (!isError) assertEquals(exc_text, null);
      else assertMatch(String(exc_text), /out of ink[^]*Caused by: TypeError: no pen/);
    }
  },
  { skip: withoutPython() },
);

test(
  "a program that logs by LogTape and ends without dispose() loses no record, also not one of an exit listener",
  async () => {
    const receiver = await PythonReceiver.start(python3() ?? "python3", "tcp", "--json");
    await runProgram("logtape_program.ts", [receiver.port, "ends"]);
    await receiver.stop();
    const records = await receiver.records(0);
    assertEquals(
      records.map(({ number }) => number),
      Array.from({ length: PHASE + 1 }, (_, number) => number),
    );
  },
  { skip: withoutPython() },
);

/** An old worker without Node's modules, and a new one with them. */
const settings = {
  old: { compatibilityDate: "2023-05-18" },
  new: { compatibilityDate: "2026-10-01", compatibilityFlags: ["nodejs_compat"] },
};

test(
  "a worker in workerd that logs by LogTape delivers by ctx.waitUntil(sink.drain())",
  async () => {
    const python = python3() ?? "python3";
    const receiver = await PythonReceiver.start(python, "tcp", "--json");
    const worker = {
      entry: "tests/edge/logtape_worker.ts",
      define: { RECEIVER_PORT: String(receiver.port) },
    };
    await using workerd = await Workerd.start({
      old: { ...worker, ...settings.old },
      new: { ...worker, ...settings.new },
    });
    const orders = Array.from({ length: 20 }, (_, number) => number);
    for (const name of ["old", "new"]) {
      await Promise.all(orders.map(async (number) => {
        const response = await fetch(workerd.url(name, `/${name}/${number}`));
        assertEquals(await response.text(), "ordered");
      }));
      const stats = async () => await (await fetch(workerd.url(name, "/stats"))).json();
      await until(async () => (await stats()).queued === 0, () => "all records to be sent");
      const { emitted, sent, droppedTotal } = await stats();
      assertEquals([emitted, sent, droppedTotal], [40, 40, 0]);
    }
    await receiver.stop();
    const records = await receiver.records(80);
    assertEquals(records.length, 80);
    for (const name of ["old", "new"]) {
      const own = records.filter((record) => record.worker === name);
      const info = own.filter(({ levelno }) => levelno === 20);
      const sorted = info.map((record) => record.__message__).sort();
      const quote = name === "old" ? '"' : "'";
      const pens = name === "old" ? '{"pens":2}' : "{ pens: 2 }";
      assertEquals(
        sorted,
        orders.map((number) => `${quote}${number}${quote} ordered ${pens}: 50% done`).sort(),
      );
      const errors = own.filter(({ levelno }) => levelno === 40);
      assertEquals(errors.length, orders.length);
      for (const { exc_text, name } of errors) {
        assertEquals(name, "shop.edge");
        assertMatch(String(exc_text), /out of ink[^]*Caused by: TypeError: no pen/);
      }
    }
  },
  { skip: withoutWorkerd || withoutPython() },
);
