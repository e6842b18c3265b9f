import { assertEquals } from "@std/assert";
import { ConstantBytes } from "../../../src/wire/pickle/_constant_bytes.ts";
import { test } from "../../test.ts";

test("ConstantBytes.equals() compares every byte, at any position", () => {
  for (let length = 0; length <= 41; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => 7 * i + 200);
    const constant = new ConstantBytes(bytes);
    assertEquals(constant.length, length);
    for (const position of [0, 1, 2, 3, 6]) {
      const place = new Uint8Array(length + position);
      const view = new DataView(place.buffer);
      place.set(bytes, position);
      assertEquals(constant.equals(view, position), true);
      for (let i = position; i < place.length; i++) {
        place[i]! ^= 0x80;
        assertEquals(constant.equals(view, position), false, `byte ${i - position} of ${length}`);
        place[i]! ^= 0x80;
      }
    }
  }
});
