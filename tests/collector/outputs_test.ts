import { assert, assertEquals, assertThrows } from "@std/assert";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connector } from "../../src/adapters/auto.ts";
import { CommandError } from "../../src/collector/_command_error.ts";
import { configure, consoleHandler, fileHandler } from "../../src/collector/_outputs.ts";
import { getLogger } from "../../src/logging/get_logger.ts";
import type { StreamHandler } from "../../src/logging/stream_handler.ts";
import { test } from "../test.ts";
import { hostile, received } from "./records.ts";

async function inFolder(work: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "logwire-out-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function consoleLines(record: Record<string, unknown>, colors = "never"): string {
  let text = "";
  const handler = consoleHandler(colors) as StreamHandler;
  handler.setStream({ write: (part: string) => text += part });
  handler.handle(received(record));
  return text;
}

test("consoleHandler() prints records in colours, and escapes what they hold", () => {
  assert(consoleLines({ user: "anna" }).endsWith(" INFO     shop.cart: 3 left user=anna\n"));
  assert(consoleLines({}, "always").includes("\x1b["));
  const lines = consoleLines({ ...hostile, levelno: 40, created: 1 });
  // deno-lint-ignore no-control-regex -- none may be there
  assert(!/[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(lines), JSON.stringify(lines));
  assertThrows(() => consoleHandler("blue"), CommandError, "--color must be");
});

test("consoleHandler() leaves out the parts that a message of syslog lacks", () => {
  const lines = consoleLines({
    ...{ facility: 1, severity: 4, hostname: "web-1", app_name: "su", procid: null, msgid: null },
    structured_data: null,
  });
  assert(lines.endsWith("shop.cart: 3 left hostname=web-1\n"), lines);
});

test("fileHandler() writes lines of JSON or of text, each record a line of its own", () =>
  inFolder(async (folder) => {
    for (const [outFormat, end] of [["json", '"message":"a\\nb"}\n'], ["text", ": a\\nb\n"]]) {
      const out = join(folder, `${outFormat}.log`);
      const handler = fileHandler({ out, outFormat: outFormat! })!;
      handler.handle(received({ msg: "a\nb" }));
      await handler.close();
      assert(readFileSync(out, "utf8").endsWith(end!), readFileSync(out, "utf8"));
    }
  }));

test("fileHandler() makes the handler that the options ask for", () =>
  inFolder(async (folder) => {
    const out = join(folder, "app.log");
    const name = async (options: object) => {
      const handler = fileHandler({ out, ...options })!;
      await handler.close();
      return handler.constructor.name;
    };
    assertEquals(await name({}), "FileHandler");
    assertEquals(await name({ maxBytes: "1MiB", gzip: true }), "RotatingFileHandler");
    assertEquals(await name({ when: "midnight", backupCount: "7" }), "TimedRotatingFileHandler");
  }));

test("fileHandler() says in a sentence what is wrong", () =>
  inFolder((folder) => {
    const refused = (options: object, sentence: string) =>
      assertThrows(() => fileHandler(options), CommandError, sentence);
    const out = join(folder, "app.log");
    refused({ maxBytes: "1" }, "need --out");
    refused({ out, outFormat: "xml" }, "--out-format must be");
    refused({ out, maxBytes: "1", when: "D" }, "either by its size or by time");
    refused({ out, when: "often" }, "Cannot");
    refused({ out: folder }, "it is a directory");
    refused({ out: join(folder, "no", "app.log") }, "there is no such file");
    assertEquals(fileHandler({}), undefined);
  }));

test("configure() reads a dictionary for dictConfig, or says what is wrong", () =>
  inFolder(async (folder) => {
    const path = join(folder, "config.json");
    const log = join(folder, "out.log");
    const handlers = { file: { class: "logging.FileHandler", filename: log } };
    const loggers = { configured: { handlers: ["file"] } };
    const config = { version: 1, disable_existing_loggers: false, handlers, loggers };
    writeFileSync(path, JSON.stringify(config));
    configure(path, connector);
    const logger = getLogger("configured");
    logger.warning("hello");
    await logger.handlers[0]!.close();
    logger.removeHandler(logger.handlers[0]!);
    assertEquals(readFileSync(log, "utf8"), "hello\n");
    for (
      const text of ["{", '{"version":2}', '{"version":1,"handlers":{"x":{"class":"os.system"}}}']
    ) {
      writeFileSync(path, text);
      assertThrows(() => configure(path, connector), CommandError, "cannot use the configuration");
    }
    assertThrows(() => configure(folder, connector), CommandError, "it is a directory");
  }));
