import { assertEquals } from "@std/assert";
import { recordOfLine, TEXT_FORMAT } from "../../src/collector/_text_line.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import { test } from "../test.ts";
import { received, START } from "./records.ts";

test("recordOfLine() reads the lines that the text format writes", () => {
  const record = received({ msg: "a: b", created: START + 0.5, msecs: 500 });
  const line = new Formatter(TEXT_FORMAT).format(record);
  assertEquals(recordOfLine(line), {
    ...{ name: "shop.cart", msg: "a: b", args: null, levelname: "INFO", levelno: 20 },
    created: START + 0.5,
    msecs: 500,
  });
  assertEquals(recordOfLine("  Traceback (most recent call last):"), undefined);
});
