/** A real logrotate moves the file of a WatchedFileHandler away, or truncates that of another. */
import { assertEquals } from "@std/assert";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import process from "node:process";
import {
  type FileHandler,
  RotatingFileHandler,
  WatchedFileHandler,
} from "../../src/files/file_handlers.ts";
import { inFolder, read } from "../files/folder.ts";
import { recordOf } from "../logging/helpers.ts";
import { test } from "../test.ts";

const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };

function withoutLogrotate(): string | false {
  if (process.env.LOGWIRE_REQUIRE_SERVERS === "1") return false;
  try {
    execFileSync("logrotate", ["--version"], { env, stdio: "ignore" });
    return false;
  } catch {
    return "it needs logrotate: apt-get install logrotate";
  }
}

/** Logs lines 0 to 29, ten before each of two rotations and ten after, and finds their files. */
async function rotate(
  directives: string,
  make: (path: string) => FileHandler = (path) => new WatchedFileHandler(path),
): Promise<string[]> {
  const files: string[] = [];
  await inFolder(async (folder) => {
    fs.mkdirSync(`${folder}/logs`, { mode: 0o755 });
    const path = `${folder}/logs/app.log`;
    const config = `${folder}/logrotate.conf`;
    fs.writeFileSync(config, `${path} {\n rotate 5\n ${directives}\n}\n`, { mode: 0o644 });
    const handler = make(path);
    for (let i = 0; i < 30; i++) {
      if (i === 10 || i === 20) {
        await handler.flush();
        execFileSync("logrotate", ["--force", "--state", `${folder}/state`, config], { env });
      }
      handler.handle(recordOf("%d", i));
    }
    await handler.close();
    for (const name of fs.readdirSync(`${folder}/logs`).sort()) {
      files.push(`${name}: ${read(`${folder}/logs/${name}`).split("\n").join(" ")}`);
    }
  });
  return files;
}

function numbers(from: number): string {
  return Array.from({ length: 10 }, (_, i) => `${from + i} `).join("");
}

const expected = [
  `app.log: ${numbers(20)}`,
  `app.log.1: ${numbers(10)}`,
  `app.log.2: ${numbers(0)}`,
];

for (const directives of ["create 0644", "nocreate", "copytruncate"]) {
  test(`WatchedFileHandler loses no record to logrotate with ${directives}`, async () => {
    assertEquals(await rotate(directives), expected);
  }, { skip: withoutLogrotate() });
}

test(
  "RotatingFileHandler rolls over no earlier because logrotate truncated its file",
  async () => {
    // Ten lines are 20 or 30 bytes; all 30 of them would be more than it may hold.
    const make = (path: string) => new RotatingFileHandler(path, { maxBytes: 45, backupCount: 5 });
    assertEquals(await rotate("copytruncate", make), expected);
  },
  { skip: withoutLogrotate() },
);
