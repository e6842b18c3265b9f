import { assert, assertEquals } from "@std/assert";
import { MemoryNetwork } from "../../src/testing/memory.ts";
import { frame } from "../../src/wire/length_prefix_framing.ts";
import { json, jsonLines } from "../../src/wire/json.ts";
import { dumps } from "../../src/wire/pickle/pickle.ts";
import { pickle } from "../../src/wire/pickle_serializer.ts";
import { signed } from "../../src/wire/signed.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import { getLogger } from "../../src/logging/get_logger.ts";
import { Handler } from "../../src/logging/handler.ts";
import { StreamHandler } from "../../src/logging/stream_handler.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { MAX_TEXT } from "../../src/text/text_budget.ts";
import {
  LogRecordSocketReceiver,
  type ReceiverFault,
} from "../../src/receivers/socket_receiver.ts";
import { dag } from "../text/dag.ts";
import { test } from "../test.ts";
import { at, fields, reasons, record, setting } from "./setting.ts";
import { advanceUntil } from "../until.ts";

const hostile: [string, Record<string, unknown>, "handled" | "failed"][] = [
  ["no fields at all", { name: undefined, msg: undefined, levelno: undefined }, "failed"],
  ["levelno None", { levelno: null }, "failed"],
  ["levelno a str", { levelno: "INFO" }, "failed"],
  ["levelno a list", { levelno: [20] }, "failed"],
  ["levelno a bool", { levelno: true }, "handled"],
  ["levelno an int beyond doubles", { levelno: 2n ** 70n }, "handled"],
  ["levelno NaN", { levelno: NaN }, "handled"],
  ["name an int", { name: 5 }, "failed"],
  ["name a dict", { name: { a: 1 } }, "failed"],
  ["name with a million dots", { name: ".".repeat(1_000_000) }, "failed"],
  ["name None", { name: null }, "handled"],
  ["msg None", { msg: null }, "handled"],
  ["msg a dict", { msg: { a: [1] } }, "handled"],
  ["msg an int", { msg: 5 }, "handled"],
  ["args a list", { msg: "%s", args: [1] }, "handled"],
  ["args a dict", { msg: "%(a)s", args: { a: 1 } }, "handled"],
  ["args a dict with other keys", { msg: "%(a)s", args: new Map([[1, 2]]) }, "handled"],
  ["args that are too few", { msg: "%s %s", args: [1] }, "handled"],
  ["args that are too many", { msg: "spam", args: Array(1_000_000).fill(0) }, "handled"],
  ["args an int", { msg: "%s", args: 5 }, "handled"],
  ["a width of a billion", { msg: "%1000000000d", args: [1] }, "handled"],
  ["keys that are methods", { getMessage: 1, toString: 2, toJSON: 3, then: 4 }, "handled"],
  ["a key constructor", { constructor: { name: 1 } }, "handled"],
  ["exc_info that is true", { exc_info: true, exc_text: 5, stack_info: [1] }, "handled"],
  ["times that are no times", { created: "now", msecs: null, relativeCreated: {} }, "handled"],
  ["times beyond time", { created: 1e300, msecs: NaN }, "handled"],
  ["a time that is a list without end", { created: dag(), msecs: dag() }, "handled"],
  ["lone surrogates", { msg: "\ud800", name: "\udfff" }, "handled"],
];
for (const [what, more, outcome] of hostile) {
  test(`LogRecordSocketReceiver survives a record with ${what}`, async () => {
    const network = new MemoryNetwork();
    const { clock } = network;
    const faults: ReceiverFault[] = [];
    const receiver = new LogRecordSocketReceiver("localhost", 9020, {
      acceptor: network,
      clock,
      onError: (fault) => faults.push(fault),
    });
    const texts: string[] = [];
    const printing = new class extends Handler {
      override emit(record: LogRecord): void {
        texts.push(this.format(record));
      }
      override handleError(): void {
        texts.push("handleError");
      }
    }();
    printing.setFormatter(
      new Formatter("%(asctime)s %(relativeCreated)5d %(name)-15s %(levelname)-8s %(message)s"),
    );
    const root = getLogger();
    root.addHandler(printing);
    try {
      await receiver.start();
      const connection = await network.connect(at);
      const sent = { ...fields, ...more } as Record<string, unknown>;
      for (const key of Object.keys(sent)) if (sent[key] === undefined) delete sent[key];
      const writing = connection.write(frame(dumps(sent)));
      await advanceUntil(clock, () => receiver.stats.received === 1);
      await writing;
      await connection.write(record({ msg: "still there" }));
      await advanceUntil(clock, () => receiver.stats.received === 2);
      assertEquals(receiver.stats.failed, outcome === "failed" ? 1 : 0);
      assertEquals(reasons(faults), outcome === "failed" ? ["record"] : []);
      assert(texts.at(-1)!.endsWith("still there"), texts.at(-1));
      await connection.close();
    } finally {
      await receiver.stop();
      root.removeHandler(printing);
      await printing.close();
    }
  });
}

test("a record's __proto__ is a field like any other", async () => {
  const { connect, receiver, records, stop } = await setting();
  const connection = await connect();
  const evil = JSON.parse('{"__proto__": {"polluted": true, "getMessage": 1}}');
  await connection.write(frame(dumps({ ...fields, ...{}, nested: evil })));
  await connection.write(frame(dumps(new Map(Object.entries({ ...fields, ["__proto__"]: evil })))));
  await records(2);
  for (const { polluted, nested } of receiver.records) {
    assertEquals([polluted, (nested as { polluted?: unknown } | undefined)?.polluted], [
      undefined,
      undefined,
    ]);
  }
  assertEquals(receiver.messages, ["spam", "spam"]);
  await stop(connection);
});

for (const escapes of [true, false, undefined]) {
  const what = escapes === false ? "leaves" : "escapes";
  test(`a receiver with escapeControlCharacters ${escapes} ${what} control characters that would forge a line`, async () => {
    const network = new MemoryNetwork();
    const { clock } = network;
    const receiver = new LogRecordSocketReceiver("localhost", 9020, {
      acceptor: network,
      clock,
      ...(escapes === undefined ? {} : { escapeControlCharacters: escapes }),
    });
    const lines: string[] = [];
    const printing = new StreamHandler({ write: (text) => lines.push(text) });
    printing.setFormatter(new Formatter("%(name)s:%(user)s:%(message)s"));
    const root = getLogger();
    root.addHandler(printing);
    try {
      await receiver.start();
      const connection = await network.connect(at);
      await connection.write(record({ name: "a\r", user: "x\x1b", msg: "b\nc", exc_text: "d\ne" }));
      await advanceUntil(clock, () => receiver.stats.received === 1);
      await connection.close();
    } finally {
      await receiver.stop();
      root.removeHandler(printing);
      await printing.close();
    }
    assertEquals(lines, [
      escapes === false ? "a\r:x\x1b:b\nc\nd\ne\n" : "a\\r:x\\x1b:b\\nc\n  d\n  e\n",
    ]);
  });
}

const serializers = {
  pickle,
  json,
  jsonLines,
  "signed(pickle)": signed(pickle, "key"),
  "signed(json)": signed(json, "key"),
};
for (const [name, serializer] of Object.entries(serializers)) {
  test(`a record that is too much for ${name} loses no other record`, async () => {
    const { network, receiver, faults, records, stop } = await setting({ serializer });
    const failed: unknown[] = [];
    const handler = new class extends SocketHandler {
      override handleError(_record: LogRecord, error: unknown): void {
        failed.push(error);
      }
    }("localhost", 9020, { connector: network, serializer, clock: network.clock });
    let deep: unknown = 1;
    for (let i = 0; i < 1500; i++) deep = [deep];
    const long = "v".repeat(1 << 20);
    const hostile: Record<string, unknown>[] = [
      { msg: "deep", deep },
      { msg: "dag", dag: dag() },
      { msg: "%s", args: [new Array(100_000).fill(long)] },
      { msg: "%(a)999999s".repeat(60), args: { a: 1 } },
      { msg: "integer", integer: 10n ** 4299n },
      { msg: "exception", exc_info: new Error("€".repeat(2 * MAX_TEXT)) },
    ];
    // The texts differ, as a repeated text is written once.
    const tooLong = { msg: "too long", list: Array.from({ length: 40 }, (_, i) => long + i) };
    for (const more of [...hostile, tooLong]) {
      for (let i = 0; i < 3; i++) handler.emit(makeLogRecord({ ...fields, msg: "neighbour" }));
      handler.emit(makeLogRecord({ ...fields, ...more }));
    }
    const isPickle = name.includes("pickle");
    const expected = 3 * 7 + 6 + (isPickle ? 0 : 1);
    await records(expected);
    await handler.flush();
    // The records of the first second of a connection count as queued.
    await network.clock.advance(2_000);
    const { emitted, sent, dropped } = handler.stats;
    assertEquals([emitted, sent, dropped.error], [28, expected, isPickle ? 1 : 0]);
    assertEquals(failed.length, isPickle ? 1 : 0);
    assertEquals([faults.length, receiver.records.length], [0, expected]);
    assertEquals(receiver.messages.filter((message) => message === "neighbour").length, 21);
    const closing = handler.close();
    await network.clock.advance(10_000);
    await closing;
    await stop();
  });
}
