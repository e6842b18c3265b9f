import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { UnpicklingError } from "../../../src/wire/pickle/errors.ts";
import { Memo } from "../../../src/wire/pickle/_memo.ts";
import { test } from "../../test.ts";

test("Memo returns the value that was put last at an index", () => {
  const index = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 0xffffffff }));
  fc.assert(
    fc.property(fc.array(index, { maxLength: 60 }), (indexes) => {
      const memo = new Memo(Infinity);
      const model = new Map<number, number>();
      for (const [value, index] of indexes.entries()) {
        memo.put(index, value);
        model.set(index, value);
        assertEquals(memo.size, model.size);
      }
      for (const index of [...indexes, 13, 2 ** 32]) {
        assertEquals(memo.get(index), model.get(index));
      }
      memo.clear();
      assertEquals([memo.size, memo.get(0), memo.get(indexes[0] ?? 0)], [0, undefined, undefined]);
    }),
    { seed: 27, numRuns: 500 },
  );
});

test("Memo holds null as a value", () => {
  const memo = new Memo(2);
  memo.put(0, null);
  memo.put(7, null);
  memo.put(7, null);
  assertEquals([memo.get(0), memo.get(7), memo.size], [null, null, 2]);
  assertThrows(() => memo.put(1, 1), UnpicklingError, "'maxMemo', which is 2");
});

test("Memo accepts fewer indexes that are far apart", () => {
  const memo = new Memo(16);
  memo.put(2 ** 24, "a");
  memo.put(2 ** 53, "b");
  assertEquals([memo.get(2 ** 24), memo.get(2 ** 53)], ["a", "b"]);
  assertThrows(() => memo.put(2 ** 32, "c"), UnpicklingError, "'maxMemo', which is 16");
  memo.clear();
  memo.put(2 ** 32, "c");
  assertEquals([memo.get(2 ** 32), memo.get(2 ** 53)], ["c", undefined]);
});
