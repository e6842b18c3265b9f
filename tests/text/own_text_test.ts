import { assert, assertEquals } from "@std/assert";
import { ownText } from "../../src/text/own_text.ts";
import { test } from "../test.ts";
import { beginOfLongText, usedMegabytes } from "../used_memory.ts";

test("ownText() returns the text", () => {
  for (const text of ["", "ink", "\u2028\u0000é€😀", "a\ud800b"]) assertEquals(ownText(text), text);
});

test("ownText() keeps nothing of the text that a text is a part of", () => {
  const before = usedMegabytes();
  const kept = Array.from(
    { length: 32 },
    (_, i) => ownText(beginOfLongText(`a name of the number ${i}`)),
  );
  const more = usedMegabytes() - before;
  assert(kept.length === 32 && more < 16, `${more} MB`);
});
