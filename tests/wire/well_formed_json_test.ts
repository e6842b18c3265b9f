import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { wellFormedJson } from "../../src/wire/well_formed_json.ts";
import { test } from "../test.ts";

test("wellFormedJson() has U+FFFD in place of each lone surrogate, as UTF-8 has", () => {
  const unit = fc.constantFrom("\ud83d", "\ude00", "\\", "\\ud83d", '"', "a", "\u0000", "é");
  fc.assert(fc.property(fc.array(unit), (units) => {
    const text = units.join("");
    const utf8 = new TextDecoder().decode(new TextEncoder().encode(text));
    const json = wellFormedJson(JSON.stringify({ [text]: [text] }));
    assertEquals(JSON.parse(json), { [utf8]: [utf8] });
  }));
});
