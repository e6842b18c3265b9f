import { assertEquals, assertMatch } from "@std/assert";
import { runProgram } from "../interop/programs.ts";
import { test } from "../test.ts";
import { lineOf, LogServer } from "./log_server.ts";

test("the records of the program that logs with LogTape arrive, with fields, errors and causes", async () => {
  const server = await LogServer.start();
  const program = import.meta.resolve("./logtape_orders.ts");
  const output = await runProgram(program, [3, 5, "seven"], 0, { env: server.env });
  assertEquals(output, { stdout: "", stderr: "" });
  await server.stop();
  const { records } = server;
  assertEquals(records.map(lineOf), [
    "shop.orders INFO 3 pens ordered",
    "shop.orders INFO 5 pens ordered",
    "shop.orders ERROR refused",
    "shop.orders INFO 3 orders, 100% read",
  ]);
  assertEquals(records.map(({ order, pens, amount }) => [order, pens, amount]), [
    [1, 3, undefined],
    [2, 5, undefined],
    [3, undefined, "seven"],
    [undefined, undefined, undefined],
  ]);
  assertMatch(String(records[2]?.exc_text), /TypeError: no amount[^]*Caused by: SyntaxError/);
});
