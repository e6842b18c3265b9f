import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { frame, FrameError } from "../../src/wire/length_prefix_framing.ts";
import { json, jsonLines } from "../../src/wire/json.ts";
import { UnpicklingError } from "../../src/wire/pickle/errors.ts";
import { dumps } from "../../src/wire/pickle/pickle.ts";
import { lineDelimited } from "../../src/wire/syslog/syslog_framing.ts";
import { LogRecord } from "../../src/logging/log_record.ts";
import { isReceived } from "../../src/logging/received_mark.ts";
import { readRecords } from "../../src/receivers/read_records.ts";
import { test } from "../test.ts";
import { fields, record, spam } from "./setting.ts";

interface Source extends AsyncIterable<Uint8Array> {
  pulled: number;
  closed: boolean;
}

function source(...chunks: Uint8Array[]): Source {
  const state: Source = {
    pulled: 0,
    closed: false,
    async *[Symbol.asyncIterator]() {
      try {
        for (const chunk of chunks) {
          state.pulled++;
          yield await Promise.resolve(chunk);
        }
      } finally {
        state.closed = true;
      }
    },
  };
  return state;
}

async function messages(records: AsyncIterable<LogRecord>): Promise<string[]> {
  const found: string[] = [];
  for await (const record of records) found.push(record.getMessage());
  return found;
}

test("readRecords() yields the records of a stream however it is split", async () => {
  const bytes = [...spam, ...record({ msg: "%s", args: ["eggs"] }), ...record({ msg: "ham" })];
  for (const size of [1, 7, 64, 10_000]) {
    const chunks: Uint8Array[] = [];
    for (let i = 0; i < bytes.length; i += size) {
      chunks.push(Uint8Array.from(bytes.slice(i, i + size)));
    }
    assertEquals(await messages(readRecords(source(...chunks))), ["spam", "eggs", "ham"]);
  }
  assertEquals(await messages(readRecords(source())), []);
});

test("readRecords() reads on only when its records were taken, and closes a source that is left", async () => {
  const stream = source(spam, spam, spam);
  for await (const record of readRecords(stream)) {
    assertInstanceOf(record, LogRecord);
    assertEquals(stream.pulled, 1);
    break;
  }
  assertEquals(stream.closed, true);
});

test("readRecords() throws after the records before the fault, and closes the source", async () => {
  const cases: [Uint8Array, new (...args: never[]) => Error][] = [
    [spam.subarray(0, 9), FrameError],
    [new Uint8Array([0xff, 0, 0, 0]), FrameError],
    [frame(new Uint8Array(0)), UnpicklingError],
    [frame(dumps(5)), UnpicklingError],
  ];
  for (const [bytes, type] of cases) {
    const stream = source(spam, bytes);
    const found: string[] = [];
    const error = await assertRejects(async () => {
      for await (const record of readRecords(stream)) found.push(record.getMessage());
    });
    assertInstanceOf(error, type);
    assertEquals([found, stream.closed], [["spam"], true]);
  }
  const broken = {
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new RangeError("disk")) }),
  };
  await assertRejects(() => messages(readRecords(broken)), RangeError, "disk");
});

test("readRecords() takes another serializer and another cap", async () => {
  const lines = new TextEncoder().encode('{"msg":"one","levelno":20}\n{"msg":"two"}\n');
  assertEquals(await messages(readRecords(source(lines), { serializer: jsonLines })), [
    "one",
    "two",
  ]);
  const payload = frame(json.dumps(fields));
  assertEquals(await messages(readRecords(source(payload), { serializer: json })), ["spam"]);
  const capped = readRecords(source(payload), { serializer: json, maxFrameBytes: 5 });
  await assertRejects(() => messages(capped), FrameError, "the most is 5");
});

test("readRecords() yields the record that ends with the stream", async () => {
  const serializer = { ...json, framing: lineDelimited };
  const stream = source(
    json.dumps({ ...fields, msg: "one" }),
    new Uint8Array([10]),
    json.dumps(fields),
  );
  assertEquals(await messages(readRecords(stream, { serializer })), ["one", "spam"]);
});

test("readRecords() refuses bad options at once", () => {
  assertThrows(() => readRecords(source(), { maxFrameBytes: 0 }), RangeError, "'maxFrameBytes'");
  assertThrows(
    () => readRecords(source(), { serializer: {} as typeof json }),
    TypeError,
    "'serializer'",
  );
  assertThrows(() => readRecords(source(), { max: 1 } as object), TypeError, "'max'");
});

test("readRecords() marks its records as received, unless escapeControlCharacters is false", async () => {
  for (const escapes of [undefined, true, false]) {
    const options = escapes === undefined ? {} : { escapeControlCharacters: escapes };
    for await (const one of readRecords(source(spam, spam), options)) {
      assertEquals(isReceived(one), escapes !== false);
    }
  }
});
