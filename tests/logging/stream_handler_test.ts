import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { setRaiseExceptions } from "../../src/logging/raise_exceptions.ts";
import { StreamHandler } from "../../src/logging/stream_handler.ts";
import { stdoutStream } from "../../src/logging/stdout_stream.ts";
import { stderrStream, type TextStream } from "../../src/logging/text_stream.ts";
import { catchStderr } from "../stderr.ts";
import { receivedRecord, recordOf, stderrOf, thrownBy, withStandardStreams } from "./helpers.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { test } from "../test.ts";
import { turns } from "../turns.ts";

function recorder(): TextStream & { calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    write: (text: string) => calls.push(`write ${text}`),
    flush: () => calls.push("flush"),
  };
}

test("emit() writes text and terminator in one call, then flushes", () => {
  const stream = recorder();
  const handler = new StreamHandler(stream);
  handler.handle(recordOf("é %d", 1));
  handler.terminator = "\r\n";
  handler.handle(recordOf("b"));
  assertEquals(stream.calls, ["write é 1\n", "flush", "write b\r\n", "flush"]);
});

test("StreamHandler writes to standard error by default, one line a record", () => {
  assertEquals(
    stderrOf(() => {
      const handler = new StreamHandler();
      handler.handle(recordOf("a\nb"));
      handler.handle(recordOf("100%% %s %c"));
      handler.handle(recordOf("ends\n"));
    }),
    ["a\nb", "100%% %s %c", "ends\n"],
  );
});

test("StreamHandler gives a stream the text itself, for any encoding of the stream's own", () => {
  const bytes: number[] = [];
  /** Windows-1251, of which Cyrillic letters and ASCII are enough here. */
  const encode = (text: string) => {
    for (const character of text) {
      const code = character.codePointAt(0)!;
      bytes.push(code < 0x80 ? code : code - 0x350);
    }
  };
  new StreamHandler({ write: encode }).handle(recordOf("до свидания"));
  const decoded = new TextDecoder("windows-1251").decode(new Uint8Array(bytes));
  assertEquals([bytes.length, decoded], [12, "до свидания\n"]);
});

test("StreamHandler does not flush a stream whose 'flush' is no function, such as Bun's process.stdout", async () => {
  const lines: string[] = [];
  const stream = { write: (text: string) => lines.push(text), flush: false };
  const handler = new StreamHandler(stream as unknown as TextStream);
  assertEquals(stderrOf(() => handler.handle(recordOf("a"))), []);
  await handler.flush();
  await handler.close();
  assertEquals(lines, ["a\n"]);
});

test("the error of a stream goes to handleError()", () => {
  let fault = "Sabotage";
  const handler = new StreamHandler({
    write() {
      throw new Error(fault);
    },
  });
  const seen: unknown[] = [];
  const record = recordOf("%s", "x");
  class Watching extends StreamHandler {
    override handleError(failed: unknown, error: unknown): void {
      seen.push(failed, error);
    }
  }
  const watching = new Watching(handler.stream);
  watching.emit(record);
  assertStrictEquals(seen[0], record);
  const [printed] = stderrOf(() => handler.emit(record));
  assert(printed!.includes("\nError: Sabotage\n"), printed);
  // Another fault: the second time that it occurs, the first is not printed anyway.
  fault = "Silent sabotage";
  setRaiseExceptions(false);
  try {
    assertEquals(stderrOf(() => handler.emit(record)), []);
  } finally {
    setRaiseExceptions(true);
  }
});

test("the rejection of an asynchronous stream goes to handleError()", async () => {
  const seen: unknown[] = [];
  class Watching extends StreamHandler {
    override handleError(_record: unknown, error: unknown): void {
      seen.push(error);
    }
  }
  const stream = { write: () => Promise.reject(new Error("later")) };
  new Watching(stream).emit(recordOf("x"));
  await turns(1);
  assertEquals((seen[0] as Error).message, "later");
});

test("setStream() flushes and returns the previous stream, or returns null", async () => {
  const first = recorder();
  const second = recorder();
  const handler = new StreamHandler(first);
  assertStrictEquals(handler.setStream(second), first);
  assertEquals(first.calls, ["flush"]);
  assertEquals(handler.setStream(second), null);
  assertStrictEquals(new StreamHandler().setStream(recorder()), stderrStream);
  handler.handle(recordOf("x"));
  assertEquals(second.calls, ["write x\n", "flush"]);
  await handler.flush();
  assertEquals(second.calls.length, 3);
});

test("flush() never rejects", async () => {
  const handler = new StreamHandler({
    write() {},
    flush: () => Promise.reject(new Error("flush of a stream fails")),
  });
  const { lines, end } = catchStderr();
  try {
    await handler.flush();
  } finally {
    end();
  }
  assert(lines.join("").includes("flush of a stream fails"));
});

test("StreamHandler refuses a value that is no stream, and says what to pass without showing it", () => {
  const secret = { password: "tulip", log() {}, error() {} };
  const wrong = [{}, 5, "stdout", secret, { password: "tulip" }, new Map([["tulip", 1]])];
  for (const value of wrong) {
    const { message } = thrownBy(() => new StreamHandler(value as unknown as TextStream));
    assert(message.startsWith("Cannot create StreamHandler as 'stream' must be an object"));
    assert(message.includes("process.stdout") && !message.includes("tulip"), message);
  }
  const { message } = thrownBy(() => new StreamHandler(secret as unknown as TextStream));
  assert(message.includes("a console has not") && message.length < 250, message);
  assertThrows(
    () => new StreamHandler(recorder()).setStream(5 as unknown as TextStream),
    TypeError,
    "must be an object with a method write(text)",
  );
});

test("toString() shows the name of the stream, even if it is a number", () => {
  const of = (name: unknown) => String(new StreamHandler({ write() {}, name }));
  assertEquals(of(2), "<StreamHandler 2 (NOTSET)>");
  assertEquals(of("out"), "<StreamHandler out (NOTSET)>");
  assertEquals(of(""), "<StreamHandler (NOTSET)>");
  assertEquals(String(new StreamHandler()), "<StreamHandler <stderr> (NOTSET)>");
});

test("StreamHandler writes exactly its terminator behind each record on standard error", () => {
  const lines = stderrOf(() => {
    const handler = new StreamHandler();
    for (const terminator of ["", "; ", "\0", "!\r"]) {
      handler.terminator = terminator;
      handler.handle(recordOf("a"));
    }
  });
  assertEquals(lines.join(""), "aa; a\0a!\r");
});

test("StreamHandler writes exactly the text to standard output", () => {
  const text = withStandardStreams(({ written }) => {
    const handler = new StreamHandler(stdoutStream);
    handler.handle(recordOf("%d%%", 7));
    handler.terminator = "";
    handler.handle(recordOf("é"));
    return written;
  });
  assertEquals(text, { stdout: "7%\né", stderr: "" });
  assertEquals(String(new StreamHandler(stdoutStream)), "<StreamHandler <stdout> (NOTSET)>");
});

test("StreamHandler escapes control characters of a received record, whoever formats it", () => {
  const record = receivedRecord({ exc_text: "Traceback:\nINFO:root:forged" });
  const forged = "\n  Traceback:\n  INFO:root:forged";
  const handlers: [StreamHandler, string][] = [
    [new StreamHandler(), `spam\\nINFO:root:forged${forged}`],
    [
      new class extends StreamHandler {
        override format(record: LogRecord): string {
          return record.getMessage();
        }
      }(),
      "spam\\nINFO:root:forged",
    ],
    [
      new class extends StreamHandler {
        override emit(record: LogRecord): void {
          this.stream.write(`own: ${this.format(record)}\n`);
        }
      }(),
      `own: spam\\nINFO:root:forged${forged}`,
    ],
  ];
  for (const [handler, text] of handlers) {
    const stream = recorder();
    handler.setStream(stream);
    handler.handle(record);
    assertEquals(stream.calls[0], `write ${text}\n`);
  }
  assertEquals([record.msg, record.message], ["spam\nINFO:root:forged", undefined]);
});

test("StreamHandler does not escape a record of the program itself", () => {
  const stream = recorder();
  const handler = new StreamHandler(stream);
  handler.handle(recordOf("a\nb\x1b[31m"));
  assertEquals(stream.calls[0], "write a\nb\x1b[31m\n");
});
