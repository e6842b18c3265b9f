import { assertEquals, assertMatch } from "@std/assert";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { printed, startProgram, terminate } from "../interop/programs.ts";
import { pythons, runScript, withoutPython } from "../interop/python.ts";
import { test } from "../test.ts";

const program = fileURLToPath(new URL("./python_program.py", import.meta.url));

test(
  "the collector writes the records of Python programs of every version into its file",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "logwire-collector-"));
    try {
      const file = join(folder, "collected.log");
      const collector = startProgram(import.meta.resolve("./collector.ts"), [file], {
        env: { LOG_HOST: "localhost", LOG_PORT: "0" },
        denoFlags: [`--allow-read=${folder}`, `--allow-write=${folder}`],
      });
      const [, port = ""] = await printed(collector, /^collecting on port (\d+)$/m);
      for (const { path } of pythons()) await runScript(path, program, port);
      terminate(collector);
      assertEquals([await collector.ended, collector.output.stderr], [0, ""]);

      const records = readFileSync(file, "utf8").trim().split(/\n(?=\d{4}-)/);
      assertEquals(records.length, 2 * pythons().length);
      records.forEach((record, number) => {
        const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+`;
        const expected = number % 2 === 0 ? String.raw`billing INFO invoice 17 is 9\.50` : String
          .raw`billing ERROR invoice 18 has no customer\n  Traceback [^]*\n  KeyError: 'customer'`;
        assertMatch(record, new RegExp(`^${time} ${expected}$`));
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  { skip: withoutPython() },
);
