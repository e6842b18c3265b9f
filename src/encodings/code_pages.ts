/**
 * `./code-pages`: the encodings of log files that need a table, such as Windows' code pages, KOI8 and
 * those of East Asia. It uses the npm package iconv-lite.
 *
 * `codePage(name)` makes the `encoding` of a handler of `./file-handlers`, by any of Python's names. The
 * file has the bytes that CPython's codec writes. Choose UTF-8 unless the program that reads the file
 * knows only such an encoding.
 *
 * - `cp1250` to `cp1258`, `cp437` and the other code pages of DOS, `cp874`, `hp_roman8`;
 * - `iso8859_2` to `iso8859_16`, `koi8_r`, `koi8_u`, `koi8_t`, `tis_620`;
 * - `shift_jis`, `cp932`, `euc_jp`, `gbk`, `gb2312`, `gb18030`, `euc_kr`, `cp949`.
 *
 * UTF-8, UTF-16, UTF-32, ASCII and Latin-1 need no table: give their names to the handler.
 *
 * ## Options
 *
 * - `errors` of the handler says how a character is written that the code page lacks:
 *   `"backslashreplace"` writes its number and loses nothing. By default its record is dropped, and
 *   reported.
 *
 * ## Errors
 *
 * - `codePage()` throws a `RangeError` for another name, and lists the code pages. CPython's `big5`,
 *   `cp950`, `johab`, `iso2022_…`, `euc_jis_2004`, `mac_…`, EBCDIC and `utf_7` are not among them, as
 *   iconv-lite lacks them or writes other bytes.
 *
 * Runs on Deno, Bun and Node.
 *
 * @example Write a file for a Windows program
 * ```ts
 * import { mkdtempSync, readFileSync, rmSync } from "node:fs";
 * import { getLogger } from "jsr:@logwire/logging";
 * import { codePage } from "jsr:@logwire/logging/code-pages";
 * import { FileHandler } from "jsr:@logwire/logging/file-handlers";
 *
 * const folder = mkdtempSync("/tmp/app-");
 * const handler = new FileHandler(`${folder}/app.log`, {
 *   encoding: codePage("cp1252"),
 *   errors: "backslashreplace",
 * });
 * getLogger("app").addHandler(handler);
 * getLogger("app").warning("%s €, %s", 5, "✓");
 * await handler.close();
 * console.assert(readFileSync(`${folder}/app.log`, "latin1") === "5 \x80, \\u2713\n");
 * rmSync(folder, { recursive: true });
 * ```
 *
 * @module
 */
import { type FileHandlerClasses, makeFileHandlerClasses } from "../files/file_handler_classes.ts";
import { encodingOf, findEncoding, type TextEncoding } from "../files/text_encoding.ts";
import { valueText } from "../logging/validate.ts";
import { CodePageCharset } from "./_code_page_charset.ts";
import { CODE_PAGES, codePageModule } from "./_code_page_names.ts";

export type { FileHandlerClasses, TextEncoding };

/**
 * Returns the encoding of a code page, for the option `encoding` of a file handler.
 *
 * @param encoding one of Python's names, such as `"cp1252"`, `"windows-1252"` or `"Shift_JIS"`
 * @throws {RangeError} if it is none of the code pages
 */
export function codePage(encoding: string): TextEncoding {
  const module = typeof encoding === "string" ? codePageModule(encoding) : undefined;
  if (module === undefined) {
    throw new RangeError(
      `Cannot find the code page as 'encoding' must be one of ${CODE_PAGES.join(", ")}: ` +
        `current value is ${valueText(encoding)}`,
    );
  }
  return encodingOf(new CodePageCharset(module, encoding));
}

/**
 * The table `fileHandlerClasses` of `./file-handlers`, whose `encoding` may be the name of a code page
 * too.
 *
 * @example
 * ```ts
 * import { mkdtempSync, readFileSync, rmSync } from "node:fs";
 * import { getLogger, shutdown } from "jsr:@logwire/logging";
 * import { codePageFileHandlerClasses } from "jsr:@logwire/logging/code-pages";
 * import { dictConfig } from "jsr:@logwire/logging/config";
 *
 * const folder = mkdtempSync("/tmp/app-");
 * dictConfig({
 *   version: 1,
 *   handlers: {
 *     file: { class: "logging.FileHandler", filename: `${folder}/app.log`, encoding: "koi8-r" },
 *   },
 *   loggers: { app: { handlers: ["file"] } },
 * }, { classes: codePageFileHandlerClasses });
 * getLogger("app").warning("чай");
 * await shutdown();
 * console.assert(readFileSync(`${folder}/app.log`, "latin1") === "\xde\xc1\xca\n");
 * rmSync(folder, { recursive: true });
 * ```
 */
export const codePageFileHandlerClasses: FileHandlerClasses =
  /* @__PURE__ */ makeFileHandlerClasses(
    (encoding) => {
      const isPage = typeof encoding === "string" && findEncoding(encoding) === undefined;
      return isPage ? codePage(encoding) : encoding;
    },
  );
