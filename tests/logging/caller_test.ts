import { assert, assertEquals } from "@std/assert";
import { captureCaller, parseStack } from "../../src/logging/caller.ts";
import { root } from "../../src/logging/get_logger.ts";
import { LoggerAdapter } from "../../src/logging/logger_adapter.ts";
import { warning } from "../../src/logging/module_functions.ts";
import { ListHandler, listLogger, withBareRoot } from "./helpers.ts";
import { test } from "../test.ts";

function captured<T>(fn: () => T): T {
  captureCaller(true);
  try {
    return fn();
  } finally {
    captureCaller(false);
  }
}

test("without captureCaller() records carry what CPython sends without a source file", () => {
  const { logger, handler } = listLogger();
  logger.info("x");
  const { pathname, filename, module, lineno, funcName, stack_info } = handler.records[0]!;
  assertEquals([pathname, filename, module], [
    ...["(unknown file)", "(unknown file)", "(unknown file)"],
  ]);
  assertEquals([lineno, funcName, stack_info], [0, "(unknown function)", null]);
});

test("captureCaller() finds file, line and function of the call", () => {
  const { logger, handler } = listLogger();
  function innermost(): void {
    logger.info("x");
  }
  captured(innermost);
  const { pathname, filename, module, lineno, funcName } = handler.records[0]!;
  assertEquals([filename, module, funcName], ["caller_test.ts", "caller_test", "innermost"]);
  assert(pathname.endsWith("tests/logging/caller_test.ts") && !pathname.startsWith("file:"));
  assert(lineno > 30 && lineno < 60, String(lineno));
});

test("captureCaller() finds the caller of methods, adapters and module-level functions", async () => {
  await withBareRoot(() => {
    const handler = new ListHandler();
    root.addHandler(handler);
    const adapter = new LoggerAdapter(new LoggerAdapter(root));
    class Service {
      run(): void {
        root.error("x");
        root.exception("x");
        root.fatal("x");
        root.log(40, "x");
        adapter.warn("x");
        adapter.exception("x");
        warning("x");
      }
    }
    captured(() => new Service().run());
    assertEquals(handler.records.map(({ funcName }) => funcName), new Array(7).fill("run"));
    const lines = handler.records.map(({ lineno }) => lineno);
    assertEquals(lines, lines.map((_, at) => lines[0]! + at));
  });
});

test("stacklevel names the caller's caller", () => {
  const { logger, handler } = listLogger();
  function inner(stacklevel: number): void {
    logger.info("x", { stacklevel });
  }
  function outer(stacklevel: number): void {
    inner(stacklevel);
  }
  captured(() => {
    for (const level of [1, 2, 0, -1, NaN, 1e9]) outer(level);
  });
  const names = handler.records.map(({ funcName }) => funcName);
  assertEquals(names.slice(0, 5), ["inner", "outer", "inner", "inner", "inner"]);
  assertEquals(handler.records[5]!.filename === "(unknown file)", false);
});

test("stacklevel counts the callers of loggers, adapters and module-level functions alike", async () => {
  await withBareRoot(() => {
    const handler = new ListHandler();
    root.addHandler(handler);
    let log: (level: number) => void = () => {};
    function innermost(level: number): void {
      log(level);
    }
    function inner(level: number): void {
      innermost(level);
    }
    function outer(level: number): void {
      inner(level);
    }
    const adapter = new LoggerAdapter(root);
    // With braces: Bun leaves out a function that returns the call itself.
    const loggers = [
      (level: number) => {
        root.warning("x", { stacklevel: 1 + level });
      },
      (level: number) => {
        adapter.warning("x", { stacklevel: 1 + level });
      },
      (level: number) => {
        warning("x", { stacklevel: 1 + level });
      },
    ];
    for (log of loggers) {
      handler.records.length = 0;
      captured(function outermost() {
        for (const level of [1, 2, 3, 4]) outer(level);
      });
      const names = handler.records.map(({ funcName }) => funcName);
      assertEquals(names, ["innermost", "inner", "outer", "outermost"]);
      const lines = handler.records.map(({ lineno }) => lineno);
      assertEquals(lines, lines.toSorted((a, b) => a - b));
      assertEquals(new Set(lines).size, 4);
    }
  });
});

test("stack_info adds the stack, the call last, with and without captureCaller()", () => {
  const { logger, handler } = listLogger();
  function logs(): void {
    logger.info("x", { stack_info: true });
  }
  logs();
  captured(logs);
  for (const record of handler.records) {
    const lines = record.stack_info!.split("\n");
    assertEquals(lines[0], "Stack (most recent call last):");
    assert(/^ {2}File ".*caller_test\.ts", line \d+, in logs$/.test(lines.at(-1)!), lines.at(-1));
  }
  assertEquals(handler.records[0]!.lineno, 0);
  assert(handler.lines[0]!.startsWith("x\nStack (most recent call last):\n"));
});

test("findCaller() works when a program calls it, and from deep inside adapters", () => {
  const { logger, handler } = listLogger();
  function asks(): unknown[] {
    return [...logger.findCaller(true)]; // Copied: Bun leaves out who returns the call itself.
  }
  const [pathname, , func, stack] = captured(asks) as [string, number, string, string];
  assert(pathname.endsWith("caller_test.ts"), pathname);
  assertEquals(func, "asks");
  assert(stack.split("\n").at(-1)!.endsWith("in asks"), stack);

  let adapter = new LoggerAdapter(logger);
  for (let i = 0; i < 10; i++) adapter = new LoggerAdapter(adapter);
  function logs(): void {
    adapter.info("x");
  }
  captured(logs);
  assertEquals(handler.records[0]!.funcName, "logs");
});

test("parseStack() reads the stack traces of V8 and of JavaScriptCore", () => {
  const stack = [
    "Error: a message (with parentheses:1:2)",
    "    at fn (file:///dir/a%20b.ts:10:5)",
    "    at Class.method [as alias] (https://jsr.io/x/mod.ts:3:1)",
    "    at Class.get prop [as prop] (/dir/i.ts:9:1)",
    "    at async Object.run (/dir/c.ts:7:9)",
    "    at new Service (C:\\dir\\d.ts:8:1)",
    "    at file:///e.ts:1:1",
    "    at async file:///C:/f.ts:2:2",
    "    at <anonymous>",
    "    at native",
    "name@/dir/g.js:4:5",
    "@/dir/h.js:6:7",
    "",
  ].join("\n");
  assertEquals(parseStack(stack).map(({ func, file, line }) => `${func} ${file} ${line}`), [
    "fn /dir/a b.ts 10",
    "method https://jsr.io/x/mod.ts 3",
    "prop /dir/i.ts 9",
    "run /dir/c.ts 7",
    "Service C:\\dir\\d.ts 8",
    "<anonymous> /e.ts 1",
    "<anonymous> C:/f.ts 2",
    "name /dir/g.js 4",
    "<anonymous> /dir/h.js 6",
  ]);
});
