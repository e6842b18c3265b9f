import { assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import { basicConfig, type BasicConfigOptions } from "../../src/logging/basic_config.ts";
import { Formatter, type FormatterStyle } from "../../src/logging/formatter.ts";
import { JSONFormatter } from "../../src/logging/json_formatter.ts";
import { root } from "../../src/logging/get_logger.ts";
import { StreamHandler } from "../../src/logging/stream_handler.ts";
import { ListHandler, recordOf, stderrOf, withBareRoot } from "./helpers.ts";
import { catchStderr } from "../stderr.ts";
import { test } from "../test.ts";
import { turns } from "../turns.ts";

/** Returns the text of a record by the one handler of the root. */
function text(): string {
  return root.handlers[0]!.format(recordOf("hi %d", 1));
}

test("basicConfig() gives the root a handler for standard error", async () => {
  await withBareRoot(() => {
    basicConfig();
    assertEquals(root.handlers.length, 1);
    assertInstanceOf(root.handlers[0], StreamHandler);
    assertEquals(root.level, 30);
    assertEquals(stderrOf(() => root.warning("x")), ["WARNING:root:x"]);
  });
});

test("basicConfig() takes the format of every style", async () => {
  for (const style of ["%", "{", "$"] as const) {
    await withBareRoot(() => {
      basicConfig({ style });
      assertEquals(text(), "INFO:test:hi 1");
    });
  }
  await withBareRoot(() => {
    basicConfig({ format: "%(asctime)s %(message)s", datefmt: "then" });
    assertEquals(text(), "then hi 1");
  });
});

test("basicConfig() sets the level, by number or name", async () => {
  await withBareRoot(() => {
    basicConfig({ level: 57 });
    assertEquals(root.level, 57);
    basicConfig({ level: 58 });
    assertEquals(root.level, 57);
    basicConfig({ level: "INFO", force: true });
    assertEquals(root.level, 20);
  });
});

test("basicConfig() gives handlers without a formatter the one that it is given", async () => {
  await withBareRoot(() => {
    const formatter = new JSONFormatter();
    const own = new ListHandler();
    own.setFormatter(new Formatter());
    basicConfig({ formatter, handlers: [own, new ListHandler()] });
    assertEquals(root.handlers.map(({ formatter: used }) => used === formatter), [false, true]);
  });
  await withBareRoot(() => {
    basicConfig({ level: "INFO", formatter: new JSONFormatter(), format: undefined as never });
    assertEquals(JSON.parse(text()).message, "hi 1");
  });
});

test("basicConfig() writes to the stream that it is given", async () => {
  await withBareRoot(() => {
    const written: string[] = [];
    basicConfig({ stream: { write: (text) => written.push(text) } });
    root.error("x");
    assertEquals(written, ["ERROR:root:x\n"]);
  });
});

test("basicConfig() gives all handlers without a formatter the same new one", async () => {
  await withBareRoot(() => {
    const handlers = [new ListHandler(), new ListHandler(), new ListHandler()];
    const own = new Formatter();
    handlers[1]!.setFormatter(own);
    basicConfig({ handlers });
    assertEquals(root.handlers.map((handler, at) => handler === handlers[at]), [true, true, true]);
    assertStrictEquals(handlers[1]!.formatter, own);
    assertStrictEquals(handlers[0]!.formatter, handlers[2]!.formatter);
    assertEquals(text(), "INFO:test:hi 1");
  });
});

test("basicConfig() does nothing when the root has handlers, unless 'force' is set", async () => {
  await withBareRoot(async () => {
    let closed = 0;
    class Closing extends ListHandler {
      override close(): Promise<void> {
        closed++;
        return super.close().then(() => Promise.reject(new Error("close fails at force")));
      }
    }
    const old = new Closing();
    root.addHandler(old);
    basicConfig();
    assertEquals(root.handlers, [old]);
    const { end } = catchStderr();
    try {
      basicConfig({ force: true });
      await turns(1);
    } finally {
      end();
    }
    assertEquals([closed, root.handlers.length], [1, 1]);
    assertInstanceOf(root.handlers[0], StreamHandler);
  });
});

test("basicConfig() refuses bad options and then changes nothing", async () => {
  await withBareRoot(() => {
    const old = new ListHandler();
    root.addHandler(old);
    const stream = { write() {} };
    const bad: [object, typeof TypeError, string][] = [
      [{ stream, handlers: [] }, TypeError, "'stream' and 'handlers' exclude each other"],
      ...(["format", "datefmt", "style"] as const).map((name) => {
        const options = { formatter: new Formatter(), [name]: "%" };
        const text = `'formatter' and '${name}' exclude each other`;
        return [options, TypeError, text] as [object, typeof TypeError, string];
      }),
      [{ formatter: "%(message)s" }, TypeError, "'formatter' must be a Formatter"],
      [{ formatter: 0 }, TypeError, "'formatter' must be a Formatter"],
      [{ filename: "x.log" }, TypeError, "'filename' needs a file handler"],
      [{ encoding: "utf-8" }, TypeError, "new FileHandler"],
      [{ formt: "x" }, TypeError, "there is no option 'formt': the options are format,"],
      [{ style: "x" as FormatterStyle }, RangeError, "Style must be one of"],
      [{ format: "%(x" }, RangeError, "Invalid format"],
      [{ level: "nope" }, RangeError, "Unknown level: 'nope'"],
      [{ stream: {} }, TypeError, "method write(text)"],
    ];
    for (const [options, type, message] of bad) {
      const forced = { ...options, force: true } as BasicConfigOptions;
      assertThrows(() => basicConfig(forced), type, message);
      assertEquals(root.handlers, [old]);
    }
  });
});
