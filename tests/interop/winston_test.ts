/** winston's records at a CPython log server, through an outage, an exit and an uncaught error. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { test } from "../test.ts";
import { runProgram } from "./programs.ts";
import { python3, withoutPython } from "./python.ts";
import { PythonReceiver } from "./python_receiver.ts";
import { PHASE } from "./restart_phases.ts";
import { recordsThroughRestart } from "./restarted_receiver.ts";

const skip = withoutPython();
const python = python3() ?? "python3";

/** winston reads the environment, the host and its own files. */
const options = { denoFlags: ["--allow-read", "--allow-sys"] };

test(
  "every record of winston arrives once and in order at a CPython receiver that is killed and restarted, before process.exit()",
  async () => {
    const started = Date.now() / 1000;
    const records = await recordsThroughRestart("winston_program.ts", ["restart"], options);
    const numbers = Array.from({ length: 3 * PHASE }, (_, number) => number);
    assertEquals(records.map(({ number }) => number), numbers);
    for (const record of records) {
      const { number, name, name_, service, args, timestamp, level, left, created } = record;
      assertEquals({ name, name_, service, args, timestamp, level }, {
        ...{ name: "shop.orders", name_: "clash", service: "shop", args: null },
        ...{ timestamp: undefined, level: undefined },
      });
      assert((created as number) >= started - 1 && (created as number) < Date.now() / 1000);
      const kind = (number as number) % 3;
      assertEquals(
        [record.levelno, record.levelname, record.__message__],
        [
          [40, "ERROR", "failed disk full"],
          [30, "WARNING", "low at 50%"],
          [15, "HTTP", "GET /"],
        ][kind],
      );
      assertEquals(left, kind === 1 ? 2 : undefined);
      const text = String(record.exc_text);
      if (kind === 0) assertMatch(text, /^Error: disk full\n[^]*Caused by: Error: quota/);
      else assertEquals(record.exc_text, null);
    }
  },
  { skip },
);

test("an uncaught error that winston handles arrives before the program exits", async () => {
  const receiver = await PythonReceiver.start(python, "tcp", "--json");
  await runProgram("winston_program.ts", [receiver.port, "throws"], 1, options);
  await receiver.stop();
  const [, thrown] = await receiver.records(2);
  assertEquals(thrown?.__message__, "uncaughtException: thrown on purpose");
  assert(String(thrown?.exc_text).includes("Caused by: Error: the cause"));
  assertEquals([thrown?.levelno, thrown?.exception], [40, true]);
}, { skip });
