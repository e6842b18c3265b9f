import { assert, assertEquals, assertThrows } from "@std/assert";
import { handlerClasses } from "../../src/config/handler_classes.ts";
import { makeHandler } from "../../src/config/make_handler.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import { handlersNewestFirst } from "../../src/logging/handler.ts";
import { root } from "../../src/logging/get_logger.ts";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { recordOf } from "../logging/helpers.ts";
import { test } from "../test.ts";

const classes = handlerClasses({ connector: new MemoryNetwork() });

test("makeHandler() makes the handler of an entry, and adds it to no logger", async () => {
  const before = [...root.handlers];
  const handler = makeHandler({
    class: "logging.handlers.SocketHandler",
    level: "ERROR",
    formatter: { format: "<%(message)s>" },
    host: "localhost",
    port: 9020,
    whileDisconnected: "queue",
  }, classes);
  assert(handler instanceof SocketHandler);
  assertEquals([handler.level, handler.format(recordOf("x"))], [40, "<x>"]);
  assert(handler.formatter instanceof Formatter);
  assertEquals([handler.name, root.handlers], [null, before]);
  await handler.close();
});

test("makeHandler() leaves no handler behind when an entry is invalid", async () => {
  const before = handlersNewestFirst();
  const entry = { class: "logging.handlers.SocketHandler", host: "a", port: 1 };
  assertThrows(
    () => makeHandler({ ...entry, formatter: "brief" }, classes),
    TypeError,
    "handlers.handler.formatter",
  );
  assertThrows(() => makeHandler({ ...entry, port: -1 }, classes), RangeError, "port");
  assertThrows(() => makeHandler({ class: "no.Such" }, classes), TypeError, "SocketHandler");
  assertThrows(
    () => makeHandler({ ...entry, ".": { ["__proto__"]: 1 } }, classes),
    TypeError,
  );
  assertThrows(() => makeHandler([] as never, classes), TypeError, "must be a dictionary");
  for (const handler of handlersNewestFirst()) {
    if (!before.includes(handler)) await handler.close();
  }
  assertEquals(handlersNewestFirst(), before);
});
