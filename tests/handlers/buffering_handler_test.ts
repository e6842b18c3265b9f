import { assertEquals, assertThrows } from "@std/assert";
import { BufferingHandler } from "../../src/handlers/buffering_handler.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { recordOf } from "../logging/helpers.ts";
import { test } from "../test.ts";

class Counting extends BufferingHandler {
  readonly flushed: number[] = [];
  readonly errors: unknown[] = [];

  override flush(): Promise<void> {
    this.flushed.push(this.buffer.length);
    return super.flush();
  }

  override handleError(_record: LogRecord, error: unknown): void {
    this.errors.push(error);
  }
}

test("BufferingHandler.shouldFlush() says yes when the buffer is up to the capacity", () => {
  assertEquals(new BufferingHandler(0).shouldFlush(recordOf("x")), true);
  assertEquals(new BufferingHandler(1).shouldFlush(recordOf("x")), false);
});

test("BufferingHandler.emit() flushes with the record that fills the buffer, and empties it", () => {
  const handler = new Counting(2);
  for (let i = 0; i < 5; i++) handler.emit(recordOf("x"));
  assertEquals(handler.flushed, [2, 2]);
  assertEquals(handler.buffer.length, 1);
});

test("BufferingHandler.close() flushes, and is final", async () => {
  const handler = new Counting(10);
  handler.emit(recordOf("x"));
  await handler.close();
  assertEquals(handler.flushed, [1]);
  handler.emit(recordOf("late"));
  assertEquals([handler.buffer.length, handler.dropped], [0, 1]);
});

test("BufferingHandler keeps at most 100,000 records that nobody empties, and tells once", () => {
  class Stuck extends Counting {
    override shouldFlush(): boolean {
      return false;
    }
  }
  const handler = new Stuck(1);
  const first = recordOf("first");
  handler.emit(first);
  for (let i = 0; i < 100_002; i++) handler.emit(recordOf("x"));
  assertEquals([handler.buffer.length, handler.dropped], [100_000, 3]);
  assertEquals(handler.buffer[0] === first, true);
  assertEquals(handler.errors.map(String), [
    "RangeError: Stuck holds 100000 records that nothing empties",
  ]);
});

test("BufferingHandler.emit() survives hooks that throw or reject", async () => {
  class Broken extends Counting {
    override shouldFlush(record: LogRecord): boolean {
      if (record.msg === "rule") throw new Error("rule");
      return true;
    }

    override flush(): Promise<void> {
      if (this.buffer.at(-1)?.msg === "throw") throw new Error("flush");
      return Promise.reject(new Error("rejected"));
    }
  }
  const handler = new Broken(1);
  for (const msg of ["rule", "throw", "reject"]) handler.emit(recordOf(msg));
  await Promise.resolve();
  const messages = handler.errors.map((error) => (error as Error).message);
  assertEquals(messages, ["rule", "flush", "rejected"]);
});

test("BufferingHandler refuses a capacity that is no integer from 0", () => {
  for (const capacity of [-1, 1.5, "2", NaN]) {
    assertThrows(() => new BufferingHandler(capacity as number), Error, "'capacity' must be");
  }
});
