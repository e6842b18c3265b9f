/** winston's records at a CPython log server, through an outage, an exit and an uncaught error. */
import { assert, assertEquals } from "@std/assert";
import { test } from "../test.ts";
import { recordsThroughOutage } from "./foreign_outage.ts";
import { runProgram } from "./programs.ts";
import { python3, withoutPython } from "./python.ts";
import { type Fields, PythonReceiver } from "./python_receiver.ts";

const skip = withoutPython();
const python = python3() ?? "python3";

/** winston reads the environment, the host and its own files. */
const options = { denoFlags: ["--allow-read", "--allow-sys"] };

test(
  "winston loses no record to a CPython receiver that is killed and restarted, nor at exit()",
  async () => {
    const started = Date.now() / 1000;
    const records = await recordsThroughOutage(python, "winston_program.ts", options);
    const [low, failed, http] = records as [Fields, Fields, Fields];
    assertEquals(
      [low.name, low.__message__, low.levelname, low.levelno, low.args, low.exc_text],
      ["shop.orders", "low at 50%", "WARNING", 30, null, null],
    );
    const { requestId, service, left, name_, timestamp, level } = low;
    assertEquals(
      { requestId, service, left, name_, timestamp, level },
      {
        ...{ requestId: 7, service: "shop", left: 2, name_: "clash" },
        ...{ timestamp: undefined, level: undefined },
      },
    );
    assert((low.created as number) >= started - 1 && (low.created as number) < Date.now() / 1000);
    const text = String(failed.exc_text);
    assertEquals([failed.__message__, failed.levelname], ["failed disk full", "ERROR"]);
    assert(text.startsWith("Error: disk full\n") && text.includes("Caused by: Error: quota"), text);
    assertEquals([http.__message__, http.levelno, http.levelname], ["GET /", 15, "HTTP"]);
    assertEquals(records.at(-1)?.number, 99);
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
