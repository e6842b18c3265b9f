/** Random values for the tests of pickles. */
import fc from "fast-check";

/** Text of one UTF-16 unit upwards, lone surrogates included. */
const units: fc.Arbitrary<string> = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 })
  .map((codes) => String.fromCharCode(...codes));

export const text: fc.Arbitrary<string> = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.string({ unit: "binary", maxLength: 80 }),
  units,
);

export const leaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.integer(),
  fc.integer({ min: -300, max: 70000 }),
  fc.maxSafeInteger(),
  fc.bigInt(),
  fc.double(),
  fc.boolean(),
  fc.constantFrom(null, -0, NaN, Infinity, 2 ** 53, 2 ** 31, -(2 ** 31)),
);

/** Values that `loads()` reads back equal from `dumps()`. */
export const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    text,
    fc.uint8Array({ maxLength: 40 }),
    fc.array(tie("value"), { maxLength: 8 }),
    fc.dictionary(text, tie("value"), { maxKeys: 8, noNullPrototype: true }),
    fc.array(fc.tuple(fc.oneof(leaf, text), tie("value")), { maxLength: 6 })
      .map((entries) => new Map(entries)),
  ),
})).value;
