/** The encodings of FileHandler beside CPython's: the same texts, the same bytes. */
import { assertEquals } from "@std/assert";
import fs from "node:fs";
import { Formatter, makeLogRecord } from "../../mod.ts";
import { CODE_PAGES } from "../../src/encodings/_code_page_names.ts";
import { codePage } from "../../src/encodings/code_pages.ts";
import { FileHandler, type OpenMode, type TextErrors } from "../../src/files/file_handlers.ts";
import { encodingKey, findEncoding, type TextEncoding } from "../../src/files/text_encoding.ts";
import { TEXT_ERRORS } from "../../src/files/text_errors.ts";
import { inFolder } from "../files/folder.ts";
import { isLong } from "../long_form.ts";
import { test } from "../test.ts";
import { askPython, Chooser } from "./oracle.ts";
import { withoutPython } from "./python.ts";

interface Case {
  before: string | null;
  watched: false;
  mode: OpenMode;
  delay: boolean;
  encoding: string;
  errors: TextErrors;
  steps: [string, string][];
}

/** The encodings that need no table. */
const PLAIN = [
  ...["utf-8", "utf-8-sig", "ascii", "latin-1", "utf-16", "utf-16-le", "utf-16-be"],
  ...["utf-32", "utf-32-le", "utf-32-be"],
];

const skip = withoutPython();

function encodingOf(name: string): TextEncoding {
  return findEncoding(name) ?? codePage(name);
}

async function run({ before, steps, mode, delay, encoding, errors }: Case): Promise<unknown> {
  let outcome: unknown;
  await inFolder(async (folder) => {
    const path = `${folder}/app.log`;
    if (before !== null) fs.writeFileSync(path, before);
    const handler = new FileHandler(path, { mode, delay, encoding: encodingOf(encoding), errors });
    handler.handleError = () => {};
    handler.setFormatter(new Formatter("%(levelname)s %(message)s"));
    for (const [step, argument] of steps) {
      if (step === "log") handler.handle(makeLogRecord({ msg: argument, levelname: "INFO" }));
      else await handler.close();
    }
    await handler.close();
    outcome = fs.existsSync(path) ? { "app.log": fs.readFileSync(path).toString("hex") } : {};
  });
  return outcome;
}

test(
  "FileHandler writes the bytes that CPython's writes, in each encoding and with each errors",
  async () => {
    const choose = new Chooser(17);
    const texts = [
      ...[
        "spam",
        "é",
        "naïve ✓",
        "😀 and more",
        "two\nlines",
        "",
        "ключ",
        "한똠",
        "日本語 ～〜−¢",
        "中文·€",
      ],
      ...["a\ud800b", "\udcff\udc80", "x\udfff", "\ufffd", "\u0080\u009f", "\u0000", "Ω≈¥‾\\~"],
    ];
    const encodings = [...PLAIN, ...CODE_PAGES];
    const pairs = encodings.flatMap((encoding) =>
      TEXT_ERRORS.map((errors) => ({ encoding, errors }))
    )
      // Only those encodings take it that know every character.
      .filter(({ encoding, errors }) => errors !== "namereplace" || encoding.startsWith("utf"));
    const cases = pairs.flatMap((pair) =>
      choose.list(isLong ? 20 : 1, (): Case => ({
        ...pair,
        before: choose.of([null, null, "", "before\n"]),
        watched: false,
        mode: choose.of(["a", "a", "w"] as const),
        delay: choose.chance(40),
        // CPython writes no mark if the first record fails; ours writes it with the next.
        steps: [
          ["log", "spam"],
          ...choose.list(choose.int(0, 7), (): [string, string] => {
            return choose.chance(85) ? ["log", choose.of(texts)] : ["close", ""];
          }),
        ],
      }))
    );
    const expected = askPython("file_oracle.py", cases) as unknown[];
    for (const [i, each] of cases.entries()) {
      assertEquals(await run(each), expected[i], JSON.stringify(each));
    }
  },
  { skip },
);

test("a code page has the characters of CPython's codec, with its bytes", () => {
  // Each third character of all code pages takes ten seconds.
  const step = isLong ? 3 : 23;
  const names = isLong
    ? CODE_PAGES
    : ["cp1252", "cp932", "shift_jis", "euc_jp", "gb2312", "euc_kr"];
  const expected = askPython("encodings_oracle.py", { names, step }) as Record<string, string>;
  for (const name of names) {
    const encoding = codePage(name);
    const ours: string[] = [];
    for (let code = 0x80; code < 0x20000; code += step) {
      if (code >= 0xd800 && code < 0xe000) continue;
      const bytes = encoding.encode(String.fromCodePoint(code), "ignore") as Uint8Array;
      ours.push(Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""));
    }
    assertEquals(ours.join(), expected[name], name);
  }
}, { skip });

test("every name that CPython has for an encoding of ours is known here", () => {
  const modules = [...PLAIN.map((name) => encodingKey(name)), ...CODE_PAGES];
  const aliases = askPython("encodings_oracle.py", { aliases: modules }) as [string, string][];
  assertEquals(aliases.length > 150, true);
  for (const [alias, module] of aliases) {
    const [ours, theirs] = [encodingOf(alias), encodingOf(module)];
    const bytes = (encoding: TextEncoding) => String(encoding.encode("aéд漢", "replace"));
    assertEquals([ours.mark, bytes(ours)], [theirs.mark, bytes(theirs)], `${alias} = ${module}`);
  }
}, { skip });
