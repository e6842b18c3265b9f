import { assertEquals } from "@std/assert";
import { countPlaceholders } from "../../src/logging/count_placeholders.ts";
import { test } from "../test.ts";

test("countPlaceholders() counts the arguments that a format takes", () => {
  const counts: Record<string, number> = {
    "": 0,
    "plain": 0,
    "100%%": 0,
    "%s": 1,
    "%-5.2f and %d%%": 2,
    "%*.*f": 3,
    "%(a)s %(b)d": 1,
    "%": 0,
    "%5": 0,
    "%(open": 1,
    "%y": 1,
    "%ld": 1,
  };
  for (const [format, count] of Object.entries(counts)) {
    assertEquals(countPlaceholders(format), count, format);
  }
});
