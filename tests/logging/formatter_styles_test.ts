import { assertEquals, assertThrows } from "@std/assert";
import { Formatter } from "../../src/logging/formatter.ts";
import {
  PercentStyle,
  StrFormatStyle,
  StringTemplateStyle,
} from "../../src/logging/formatter_styles.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { test } from "../test.ts";

// Thousands of format strings are compared with CPython's styles in tests/interop/formatter_test.ts.

const styles = [PercentStyle, StrFormatStyle, StringTemplateStyle] as const;

test("a style has CPython's class attributes, and its default format for null and an empty text", () => {
  const attributes = styles.map((Style) => {
    const { default_format, asctime_format, asctime_search } = Style.prototype;
    assertEquals([new Style(null).fmt, new Style("").fmt], [default_format, default_format]);
    return [default_format, asctime_format, asctime_search];
  });
  assertEquals(attributes, [
    ["%(message)s", "%(asctime)s", "%(asctime)"],
    ["{message}", "{asctime}", "{asctime"],
    ["${message}", "${asctime}", "${asctime}"],
  ]);
  assertEquals(Object.keys(new PercentStyle()), ["fmt"]);
});

test("usesTime() of a style is true for its asctime_format", () => {
  for (const Style of styles) {
    assertEquals(new Style(Style.prototype.asctime_format).usesTime(), true);
    assertEquals(new Style(null).usesTime(), false);
  }
});

test("format() of a style takes a field from the record first, then from the defaults", () => {
  const formats = ["%(name)s %(user)s", "{name} {user}", "$name $user"];
  for (const [at, Style] of styles.entries()) {
    const style = new Style(formats[at]!, { defaults: { name: "no", user: "me" } });
    assertEquals(style.format(makeLogRecord({ name: "app" })), "app me");
    assertThrows(
      () => new Style(formats[at]!).format(makeLogRecord({ name: "app" })),
      RangeError,
      "Formatting field not found in record: 'user'",
    );
  }
});

test("the constructor of a style accepts what validate() refuses, but no unknown option", () => {
  for (const Style of styles) {
    assertThrows(() => new Style("plain").validate(), RangeError);
    assertThrows(
      () => new Style(null, { default: {} } as object),
      TypeError,
      `Cannot create ${Style.name} as there is no option 'default'`,
    );
  }
});

test("Formatter takes a class as its style, and gives it the format and the defaults", () => {
  class Loud extends StringTemplateStyle {
    override format(record: LogRecord): string {
      return super.format(record).toUpperCase();
    }
  }
  const options = { style: Loud, defaults: { user: "me" } };
  const formatter = new Formatter("$asctime $message of $user", "%Y", options);
  assertEquals(formatter.usesTime(), true);
  assertEquals(formatter.format(makeLogRecord({ msg: "ink", created: 1e9 })), "2001 INK OF ME");
  assertThrows(() => new Formatter("plain", null, options), RangeError, "no fields");
});

test("validate() answers at once for a format of many zeros, flags or digits", () => {
  for (const character of ["0", "1", "-", "٣"]) {
    const format = "%(message)" + character.repeat(200_000);
    assertThrows(() => new PercentStyle(format).validate(), RangeError);
    new PercentStyle(format + "s").validate();
  }
  new PercentStyle("%(message)-007.3s").validate();
});
