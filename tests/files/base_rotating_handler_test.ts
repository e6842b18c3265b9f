/** Tests roll-overs that fail at each of their steps, in both rotating handlers. */
import { assertEquals } from "@std/assert";
import fs from "node:fs";
import { dirname } from "node:path";
import {
  type BaseRotatingHandler,
  type BaseRotatingHandlerOptions,
  RotatingFileHandler,
  TimedRotatingFileHandler,
} from "../../src/files/file_handlers.ts";
import { recordOf } from "../logging/helpers.ts";
import { faultsOf, inFolder, read } from "./folder.ts";
import { test } from "../test.ts";

/** Makes a handler that rolls over before each record but the first. */
type Make = (path: string, options?: BaseRotatingHandlerOptions) => BaseRotatingHandler;

const makers: Record<string, Make> = {
  RotatingFileHandler: (path, options) =>
    new RotatingFileHandler(path, { maxBytes: 1, backupCount: 9, ...options }),
  TimedRotatingFileHandler: (path, options) => {
    let now = 1_700_000_000;
    return new TimedRotatingFileHandler(path, {
      when: "S",
      clock: { now: () => now++ },
      ...options,
    });
  },
};

function moving(source: string, dest: string): void {
  fs.renameSync(source, dest);
}

/** Breaks a roll-over, and mends it. */
interface Fault {
  break(handler: BaseRotatingHandler): void;
  mend(handler: BaseRotatingHandler): void;
}

const away = (path: string) => `${dirname(path)}-away`;

const throwing = () => {
  throw new Error("Sabotage");
};

const faults: Record<string, Fault> = {
  "the namer throws": {
    break: (handler) => void (handler.namer = throwing),
    mend: (handler) => void (handler.namer = (name) => name),
  },
  "the rotator throws": {
    break: (handler) => void (handler.rotator = throwing),
    mend: (handler) => void (handler.rotator = moving),
  },
  "the rotator throws when it has moved the file": {
    break: (handler) => {
      handler.rotator = (source, dest) => {
        moving(source, dest);
        throw new Error("Sabotage");
      };
    },
    mend: (handler) => void (handler.rotator = moving),
  },
  "the new file cannot be opened": {
    break: (handler) => {
      handler.rotator = (source, dest) => {
        moving(source, dest);
        fs.mkdirSync(source);
      };
    },
    mend: (handler) => {
      handler.rotator = moving;
      fs.rmdirSync(handler.baseFilename);
    },
  },
  "the folder is moved away": {
    break: ({ baseFilename }) => fs.renameSync(dirname(baseFilename), away(baseFilename)),
    mend: ({ baseFilename }) => fs.renameSync(away(baseFilename), dirname(baseFilename)),
  },
};

/** All lines of the files in a folder, in the order of their numbers. */
function linesIn(folder: string): string[] {
  const texts = fs.readdirSync(folder).map((name) => read(`${folder}/${name}`));
  return texts.join("").split("\n").filter(Boolean).sort((a, b) => Number(a) - Number(b));
}

for (const [name, make] of Object.entries(makers)) {
  for (const [title, fault] of Object.entries(faults)) {
    test(`${name} loses no record while ${title}, reports it once, and rolls over later`, async () => {
      await inFolder(async (folder) => {
        fs.mkdirSync(`${folder}/logs`);
        const handler = make(`${folder}/logs/app.log`);
        const reported = faultsOf(handler);
        let count = 0;
        const log = async (records: number) => {
          for (let i = 0; i < records; i++) handler.handle(recordOf("%d", count++));
          await handler.flush();
        };
        await log(1);
        fault.break(handler);
        await log(10);
        assertEquals([reported.length, reported[0]?.split(":")[0]], [1, "1"]);
        fault.mend(handler);
        const before = fs.readdirSync(`${folder}/logs`).length;
        await log(1);
        await handler.close();
        assertEquals(reported.length, 1);
        assertEquals(linesIn(`${folder}/logs`), Array.from({ length: count }, (_, i) => `${i}`));
        assertEquals(read(handler.baseFilename), "11\n");
        assertEquals(fs.readdirSync(`${folder}/logs`).length, before + 1);
      });
    });
  }

  test(`${name} tries a roll-over that fails twice in 1,000 turns that take no second`, async () => {
    await inFolder(async (folder) => {
      let tries = 0;
      const { performance } = globalThis;
      const own = Object.getOwnPropertyDescriptor(performance, "now");
      Object.defineProperty(performance, "now", { value: () => 0, configurable: true });
      try {
        const handler = make(`${folder}/app.log`, {
          rotator: () => {
            tries++;
            throw new Error("Sabotage");
          },
        });
        const reported = faultsOf(handler);
        for (let i = 0; i < 1000; i++) {
          handler.handle(recordOf("%d", i));
          await handler.flush();
        }
        await handler.close();
        assertEquals([tries, reported.length], [2, 1]);
        assertEquals(linesIn(folder).length, 1000);
      } finally {
        if (own === undefined) delete (performance as { now?: unknown }).now;
        else Object.defineProperty(performance, "now", own);
      }
    });
  });

  test(`${name} compresses no file that it still writes to`, async () => {
    await inFolder(async (folder) => {
      const path = `${folder}/app.log`;
      const handler = make(path, {
        gzip: true,
        rotator(source, dest) {
          moving(source, dest);
          fs.mkdirSync(source);
        },
      });
      const reported = faultsOf(handler);
      handler.handle(recordOf("0"));
      handler.handle(recordOf("1"));
      await handler.flush();
      assertEquals(fs.readdirSync(folder).filter((name) => name.includes(".gz")), []);
      fs.rmdirSync(path);
      handler.handle(recordOf("2"));
      await handler.close();
      const names = fs.readdirSync(folder);
      assertEquals([names.length, names.filter((name) => name.endsWith(".gz")).length], [2, 1]);
      assertEquals([read(path), reported.length], ["2\n", 1]);
    });
  });
}
