import { assert, assertEquals } from "@std/assert";
import { runProgram } from "../interop/programs.ts";
import { test } from "../test.ts";
import { lineOf, LogServer } from "./log_server.ts";

test("what the script prints reaches the terminal and the log server", async () => {
  const server = await LogServer.start();
  const { stdout, stderr } = await runProgram(
    import.meta.resolve("./console_script.ts"),
    [3, "seven"],
    0,
    { env: server.env },
  );
  await server.stop();
  assertEquals(server.records.map(lineOf), [
    "shop.script INFO 2 orders: [ '3', 'seven' ]",
    "shop.script INFO booked 3, 50% of it today",
    "shop.script ERROR not booked: Error: no amount: seven",
  ]);
  assert(server.records[2]!.exc_text!.startsWith("Error: no amount: seven\n"));
  const lines = stdout.trimEnd().split("\n");
  assertEquals(lines.slice(-2), ["booked 3, 50% of it today", "is below the level of the logger"]);
  assert(stderr.startsWith("not booked: ") && stderr.includes("no amount: seven"), stderr);
});
