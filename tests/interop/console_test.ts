/** What a program prints, at a CPython log server, through an outage to an exit. */
import { assert, assertEquals } from "@std/assert";
import { test } from "../test.ts";
import { withoutWorkerd, Workerd } from "../edge/workerd.ts";
import { recordsThroughOutage } from "./foreign_outage.ts";
import { python3, withoutPython } from "./python.ts";
import { type Fields, PythonReceiver } from "./python_receiver.ts";

const skip = withoutPython();
const python = python3() ?? "python3";

test(
  "a captured console loses no record to a CPython receiver that is killed and restarted, nor at exit()",
  async () => {
    const records = await recordsThroughOutage(python, "console_program.ts");
    const [low, failed, traced] = records as [Fields, Fields, Fields];
    assertEquals(
      [low.name, low.__message__, low.levelname, low.args],
      ["shop.console", "low at 50% { left: 2 }", "WARNING", null],
    );
    const text = String(failed.exc_text);
    assertEquals([failed.__message__, failed.levelname], ["failed Error: disk full", "ERROR"]);
    assert(text.startsWith("Error: disk full\n") && text.includes("Caused by: Error: quota"), text);
    assertEquals([traced.__message__, traced.levelname], ["50% done", "DEBUG"]);
    assert(String(traced.stack_info).includes("console_program.ts"));
    // The reports of the outage went to standard error, not into the log.
    assertEquals(records.filter(({ __message__ }) => /lost|connect/i.test(__message__)), []);
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
