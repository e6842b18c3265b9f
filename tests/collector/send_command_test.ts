import { assertEquals } from "@std/assert";
import { Readable } from "node:stream";
import { recordOf, send } from "../../src/collector/_send_command.ts";
import type { DeliveryStats } from "../../src/delivery/delivery_event.ts";
import { Handler } from "../../src/logging/handler.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { test } from "../test.ts";

const defaults = { level: 30, name: "stdin" };

test("recordOf() makes a record of a line, whose % is no placeholder", () => {
  const record = recordOf("50% off %s", defaults);
  assertEquals([record.getMessage(), record.levelname, record.name], [
    ...["50% off %s", "WARNING", "stdin"],
  ]);
  assertEquals(recordOf('{"broken', defaults).getMessage(), '{"broken');
});

test("recordOf() takes the fields of a JSON object", () => {
  const record = recordOf('{"level":"error","logger":"a","message":"m","user":"anna"}', defaults);
  assertEquals([record.levelno, record.name, record.getMessage(), record.user], [
    ...[40, "a", "m", "anna"],
  ]);
  const plain = recordOf('{"message":"m"}', defaults);
  assertEquals([plain.levelno, plain.levelname, plain.name], [30, "WARNING", "stdin"]);
});

test("send() sends every line, waits for room, and closes the handler", async () => {
  const steps: string[] = [];
  class Slow extends Handler {
    stats = { queuedBytes: 0 } as DeliveryStats;

    override emit(record: LogRecord): void {
      steps.push(record.getMessage());
      this.stats.queuedBytes += 5_000_000;
    }

    override flush(): Promise<void> {
      steps.push("flush");
      this.stats.queuedBytes = 0;
      return Promise.resolve();
    }
  }
  await send(Readable.from(["a\nb\r\n", "\nc"]), new Slow(), defaults);
  assertEquals(steps, ["a", "b", "flush", "c", "flush"]);
});
