import { assert, assertEquals } from "@std/assert";
import { runProgram } from "../interop/programs.ts";
import { test } from "../test.ts";
import { lineOf, LogServer } from "./log_server.ts";

test("the import logs by winston to its console and to the log server", async () => {
  const server = await LogServer.start();
  const { stdout, stderr } = await runProgram(
    import.meta.resolve("./winston_import.ts"),
    [3, "seven"],
    0,
    { env: server.env },
  );
  await server.stop();
  assertEquals(server.records.map(lineOf), [
    "shop.import INFO booked 3, 50% of it today",
    "shop.import ERROR not booked: no amount: seven",
  ]);
  assertEquals(server.records.map(({ order, service }) => [order, service]), [
    ...[[1, "shop"], [2, "shop"]],
  ]);
  assert(server.records[1]!.exc_text!.startsWith("Error: no amount: seven\n"));
  assert(stdout.startsWith("info: booked 3, 50% of it today"), stdout);
  assert(stderr.startsWith("error: not booked: no amount: seven"), stderr);
});
