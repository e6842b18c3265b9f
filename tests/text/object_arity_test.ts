import { assertEquals } from "@std/assert";
import { objectArity } from "../../src/text/object_arity.ts";
import { test } from "../test.ts";

test("objectArity() counts the arguments up to the last that may be an object", () => {
  const reaches: Record<string, number> = {
    "": 0,
    "plain": 0,
    "100%%": 0,
    "%s": 1,
    "%d of %r": 2,
    "%-5s and %d%%": 1,
    "%*.*s": 3,
    "%(a)d %(b)d": 1,
    "%": 0,
    "%5": 0,
    "%(open": 1,
    "%la": 1,
    "%d %x %.2f %c": 0,
    "%j %o %O": 0,
    "50% done": 0,
    "100% sure": 0,
    "%s: 100% sure": 1,
    "100% of %s": 2,
    "%%s": 0,
    "%%%s": 1,
    "%d%d%s%d": 3,
    "%s%%%r%d%": 2,
  };
  for (const [format, reach] of Object.entries(reaches)) {
    // The second time it may have kept the answer.
    for (let i = 0; i < 2; i++) assertEquals(objectArity(format), reach, format);
  }
});
