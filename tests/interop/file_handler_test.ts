/** FileHandler and WatchedFileHandler beside CPython's: the same steps, the same files. */
import { assertEquals } from "@std/assert";
import fs from "node:fs";
import { Formatter, makeLogRecord } from "../../mod.ts";
import { TEXT_ERRORS, type TextErrors } from "../../src/files/text_errors.ts";
import { FileHandler, type OpenMode, WatchedFileHandler } from "../../src/files/file_handlers.ts";
import { inFolder } from "../files/folder.ts";
import { test } from "../test.ts";
import { askPython, Chooser } from "./oracle.ts";
import { withoutPython } from "./python.ts";

interface Case {
  before: string | null;
  watched: boolean;
  mode: OpenMode;
  delay: boolean;
  errors: TextErrors;
  steps: [string, string][];
}

type Outcome = Record<string, string> | string;

async function run({ before, watched, steps, ...options }: Case): Promise<Outcome> {
  let outcome: Outcome = "cannot be opened";
  await inFolder(async (folder) => {
    const path = `${folder}/app.log`;
    if (before !== null) fs.writeFileSync(path, before);
    let handler: FileHandler;
    try {
      handler = new (watched ? WatchedFileHandler : FileHandler)(path, options);
    } catch {
      return;
    }
    handler.handleError = () => {};
    handler.setFormatter(new Formatter("%(levelname)s %(message)s"));
    for (const [step, argument] of steps) {
      if (step === "log") {
        handler.handle(makeLogRecord({ msg: argument, levelname: "INFO" }));
      } else if (step === "close") await handler.close();
      else if (fs.existsSync(path)) fs.renameSync(path, `${folder}/${argument}`);
    }
    await handler.close();
    const names = fs.readdirSync(folder).sort();
    outcome = Object.fromEntries(
      names.map((name) => [name, fs.readFileSync(`${folder}/${name}`).toString("hex")]),
    );
  });
  return outcome;
}

test("FileHandler and WatchedFileHandler leave the files that CPython's leave", async () => {
  const choose = new Chooser(6);
  const texts = ["spam", "é", "😀 and more", "two\nlines", "", "a\ud800b", "\udcff\udc80"];
  const cases: Case[] = choose.list(300, () => ({
    before: choose.of([null, "before\n"]),
    watched: choose.chance(50),
    mode: choose.of(["a", "w", "x"] as const),
    delay: choose.chance(40),
    errors: choose.of(TEXT_ERRORS),
    steps: choose.list(choose.int(0, 8), (): [string, string] => {
      if (choose.chance(70)) return ["log", choose.of(texts)];
      return choose.chance(30) ? ["close", ""] : ["move", `app.log.${choose.int(1, 3)}`];
    }),
  }));
  // CPython's WatchedFileHandler opens a file twice that it did not open at the start: with w that
  // empties it, with x it fails. Ours opens it once.
  for (const each of cases.filter(({ watched, mode }) => watched && mode !== "a")) {
    each.delay = false;
    each.steps = each.steps.filter(([step]) => step !== "close");
  }
  const expected = askPython("file_oracle.py", cases) as Outcome[];
  for (const [i, each] of cases.entries()) {
    assertEquals(await run(each), expected[i], JSON.stringify(each));
  }
}, { skip: withoutPython() });
