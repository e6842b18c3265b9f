/** A CPython log server receives all that a program prints, through an outage to the exit. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { test } from "../test.ts";
import { withoutWorkerd, Workerd } from "../edge/workerd.ts";
import { python3, withoutPython } from "./python.ts";
import { PythonReceiver } from "./python_receiver.ts";
import { PHASE } from "./restart_phases.ts";
import { recordsThroughRestart } from "./restarted_receiver.ts";

const skip = withoutPython();
const python = python3() ?? "python3";

/** The stacks name the file of the program. */
const options = { isLoadedByTsx: true };

test(
  "each call of a captured console arrives once and in order at a CPython receiver that is killed and restarted, before process.exit()",
  async () => {
    const records = await recordsThroughRestart("console_program.ts", [], options);
    assertEquals(records.length, 3 * PHASE);
    for (const [number, record] of records.entries()) {
      const { name, __message__, levelname, args, exc_text, stack_info } = record;
      assertEquals([name, args], ["shop.console", null]);
      const isError = number % 3 === 0;
      assertEquals(
        [levelname, __message__],
        [
          ["ERROR", `#${number} failed Error: disk full`],
          ["WARNING", `#${number} at 50% { left: 2 }`],
          ["DEBUG", `#${number}: 50% done`],
        ][number % 3],
      );
      if (isError) assertMatch(String(exc_text), /^Error: disk full\n[^]*Caused by: Error: quota/);
      else assertEquals(exc_text, null);
      assertEquals(String(stack_info).includes("console_program.ts"), number % 3 === 2);
    }
  },
  { skip },
);

for (
  const [title, settings, objects] of [
    ["without Node's modules", { compatibilityDate: "2023-05-18" }, '{"left":2} [1,"a"]'],
    [
      "with Node's modules",
      { compatibilityDate: "2026-10-01", compatibilityFlags: ["nodejs_compat"] },
      "{ left: 2 } [ 1, 'a' ]",
    ],
  ] as const
) {
  test(
    `a captured console of a worker ${title} logs to a CPython receiver`,
    async () => {
      const receiver = await PythonReceiver.start(python, "tcp", "--json");
      await using workerd = await Workerd.start({
        console: {
          entry: "tests/edge/console_worker.ts",
          ...settings,
          define: { RECEIVER_PORT: String(receiver.port) },
        },
      });
      assertEquals(await (await fetch(workerd.url("console"))).text(), "done");
      await receiver.stop();
      const records = await receiver.records(3);
      assertEquals(records.map(({ __message__, levelname }) => [levelname, __message__]), [
        ["INFO", `request / ${objects}`],
        ["WARNING", "50% done"],
        ["ERROR", "failed Error: disk full"],
      ]);
      assert(String(records[2]?.exc_text).startsWith("Error: disk full\n    at "));
    },
    { skip: withoutWorkerd || skip },
  );
}
