/** File handlers of a program that was started by root and then became another user. */
import { assertEquals } from "@std/assert";
import fs from "node:fs";
import process from "node:process";
import { inFolder, read } from "../files/folder.ts";
import { test } from "../test.ts";
import { runProgram } from "./programs.ts";

function withoutRoot(): string | false {
  return process.geteuid?.() === 0 ? false : "it needs to be run by root";
}

for (const kind of ["RotatingFileHandler", "TimedRotatingFileHandler", "WatchedFileHandler"]) {
  test(
    `${kind} loses no record when it may not open a new file any more, and reports that once`,
    async () => {
      await inFolder(async (folder) => {
        fs.chmodSync(folder, 0o755);
        const { stdout } = await runProgram("privilege_program.ts", [kind, folder], 0, {
          denoFlags: ["--allow-read", "--allow-write", "--allow-sys"],
        });
        const texts = fs.readdirSync(folder).map((name) => read(`${folder}/${name}`));
        const lines = texts.join("").split("\n").slice(0, -1);
        assertEquals(lines, Array.from({ length: 1000 }, (_, i) => `${i}`));
        assertEquals(JSON.parse(stdout), ["EACCES"]);
      });
    },
    { skip: withoutRoot() },
  );
}
