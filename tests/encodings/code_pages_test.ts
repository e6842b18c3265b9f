import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fs from "node:fs";
import { dictConfig } from "../../src/config/dict_config.ts";
import { codePage, codePageFileHandlerClasses } from "../../src/encodings/code_pages.ts";
import { FileHandler, type TextErrors } from "../../src/files/file_handlers.ts";
import { getHandlerByName } from "../../src/logging/handler.ts";
import { getLogger } from "../../src/logging/get_logger.ts";
import { shutdown } from "../../src/logging/shutdown.ts";
import { inFolder } from "../files/folder.ts";
import { test } from "../test.ts";

// All characters of all code pages are compared with CPython in tests/interop/file_encodings_test.ts.

/** The bytes of a text, in hexadecimal. */
function hex(name: string, text: string, errors: TextErrors = "strict"): string {
  const bytes = codePage(name).encode(text, errors);
  return Array.from(bytes as Uint8Array, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

test("codePage() knows Python's spellings of a name, and keeps the one that is given", () => {
  for (const name of ["cp1252", "CP1252", "windows-1252", "Windows_1252", "1252"]) {
    assertEquals([hex(name, "€"), codePage(name).name], ["80", name]);
  }
  assertEquals([hex("Shift_JIS", "あ"), hex("sjis", "あ"), hex("ms932", "あ")], [
    ...["82a0", "82a0", "82a0"],
  ]);
});

test("codePage() refuses other names, and lists the code pages", () => {
  for (const name of ["big5", "utf-8", "cp864", "", "__proto__", 1252 as unknown as string]) {
    assertThrows(() => codePage(name), RangeError, "must be one of cp437, cp720,");
  }
  assertThrows(() => codePage("big5"), RangeError, 'current value is "big5"');
});

// CPython 3.13 writes the right side.
test("a code page has CPython's bytes where the table of iconv-lite has others", () => {
  assertEquals(hex("shift_jis", "〜−¢"), "8160817c8191");
  assertEquals(hex("cp932", "ⅰ－〜\ue000"), "eeef817c8160f040");
  assertEquals(hex("gb2312", "―・"), "a1aaa1a4");
  assertEquals(hex("gb18030", "ḿ😀"), "8135f4379439fc36");
  assertEquals(hex("euc_kr", "한똠"), "c7d1a4d4a4a8a4c7a4b1");
  for (const [name, character] of [["gbk", "€"], ["shift_jis", "～"], ["cp1255", "\u05ba"]]) {
    assertThrows(() => hex(name!, character!), RangeError, `Cannot write text as ${name}`);
  }
});

test("a code page treats the characters that it lacks as errors says", () => {
  assertEquals(hex("cp1252", "é✓😀\udc80", "ignore"), "e9");
  assertEquals(hex("cp1252", "é✓😀\udc80", "replace"), "e93f3f3f");
  assertEquals(hex("cp1252", "✓", "backslashreplace"), "5c7532373133");
  assertEquals(hex("cp1252", "a\udc81", "surrogateescape"), "6181");
  assertThrows(() => hex("cp1252", "a\ufffd"), RangeError, "'\\ufffd' at position 1");
  assertThrows(() => hex("cp1252", "\udc81", "surrogatepass"), RangeError, "'\\udc81'");
});

test("dictConfig() takes the name of a code page with codePageFileHandlerClasses", async () => {
  await inFolder(async (folder) => {
    const handler = (name: string, encoding: string | null) => ({
      class: "logging.handlers.RotatingFileHandler",
      filename: `${folder}/${name}.log`,
      encoding,
      errors: null,
    });
    const configure = (encoding: string) =>
      dictConfig({
        version: 1,
        handlers: {
          page: handler("page", encoding),
          wide: handler("wide", "UTF-16"),
          plain: handler("plain", null),
        },
        loggers: { "code.pages": { handlers: ["page", "wide", "plain"], propagate: false } },
      }, { classes: codePageFileHandlerClasses });
    assertThrows(() => configure("cp0"), Error, "'handlers.page.encoding' must be one of cp437,");
    configure("KOI8-R");
    getLogger("code.pages").warning("чай");
    const page = getHandlerByName("page");
    assert(page instanceof FileHandler);
    assertEquals(page.encoding, "KOI8-R");
    await shutdown();
    assertEquals(fs.readFileSync(`${folder}/page.log`, "latin1"), "\xde\xc1\xca\n");
    assertEquals(fs.readFileSync(`${folder}/wide.log`, "utf16le"), "\ufeffчай\n");
    assertEquals(fs.readFileSync(`${folder}/plain.log`, "utf8"), "чай\n");
    assertStrictEquals(getHandlerByName("page"), null);
  });
});
