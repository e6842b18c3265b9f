import { assertEquals } from "@std/assert";
import { colored, RESET } from "../../src/logging/_ansi_colors.ts";
import { test } from "../test.ts";

test("colored() colours each line that is not empty, and ends the colour there", () => {
  assertEquals(colored("red", "a\n\nb"), "\x1b[31ma\x1b[39m\n\n\x1b[31mb\x1b[39m");
  assertEquals(colored("boldRed", "a"), "\x1b[1;31ma\x1b[22;39m");
  assertEquals([colored("dim", ""), RESET], ["", "\x1b[0m"]);
});
