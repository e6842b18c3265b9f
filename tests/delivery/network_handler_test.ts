/** A handler as a program writes its own, over a scripted writer whose server acknowledges batches. */
import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  type Batch,
  type BatchWriter,
  ConnectionError,
  DatagramHandler,
  type DeliveryEvent,
  type DeliveryOptions,
  type ExitHooks,
  type ExitNotifier,
  Formatter,
  Handler,
  HTTPHandler,
  type LogRecord,
  NetworkHandler,
  SocketHandler,
  SysLogHandler,
} from "../../mod.ts";
import { SMTPHandler } from "../../src/mail/smtp_handler.ts";
import { VirtualClock } from "../../src/testing/_virtual_clock.ts";
import { account, record, unencodable } from "../handlers/wire.ts";
import { catchStderr } from "../stderr.ts";
import { Dice } from "./scripted_faults.ts";
import { roundsOf } from "../long_form.ts";
import { test } from "../test.ts";

/** The texts of a batch, one a record. */
function textsOf({ bytes, lengths }: Batch): string[] {
  let at = 0;
  return [...lengths].map((length) => new TextDecoder().decode(bytes.subarray(at, at += length)));
}

/** A connection whose server acknowledges what, and when, the test says. */
class ScriptedWriter implements BatchWriter {
  readonly acknowledges: boolean;
  onSettled?: ((batch: Batch, refused?: readonly number[]) => void) | undefined;
  readonly closed: Promise<ConnectionError | undefined>;
  /** Batches that were written, with their texts as they were then. */
  readonly written: { batch: Batch; texts: string[] }[] = [];
  isClosed = false;
  readonly #window: number;
  #unsettled = 0;
  #hasRoom = () => {};
  #end!: (error: ConnectionError | undefined) => void;

  /** @param window how many batches may be under way */
  constructor(window: number, acknowledges: boolean) {
    this.#window = window;
    this.acknowledges = acknowledges;
    this.closed = new Promise((resolve) => this.#end = resolve);
  }

  write(batch: Batch): Promise<void> | undefined {
    this.written.push({ batch, texts: textsOf(batch) });
    if (++this.#unsettled < this.#window) return undefined;
    return new Promise((resolve) => this.#hasRoom = resolve);
  }

  /** The server acknowledges the batch of that number. */
  settle(number: number, refused?: readonly number[]): void {
    this.#unsettled--;
    this.onSettled?.(this.written[number]!.batch, refused);
    this.#hasRoom();
  }

  /** The connection is lost. */
  lose(): void {
    this.#end(new ConnectionError("reset", "scripted"));
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve(this.#end(undefined));
  }
}

interface Script {
  window?: number;
  acknowledges?: boolean;
  /** The outcome of each dial; those after the last one succeed. */
  dials?: ("refused" | "ok")[];
}

class ScriptedHandler extends NetworkHandler {
  readonly writers: ScriptedWriter[] = [];
  readonly #script: Script;

  constructor(
    options: DeliveryOptions,
    script: Script = {},
    way: { exitNotifier?: ExitNotifier } = {},
  ) {
    super("ScriptedHandler", options, way);
    this.#script = script;
  }

  protected override openWriter(): Promise<BatchWriter> {
    const { window = Infinity, acknowledges = true, dials } = this.#script;
    if (dials?.shift() === "refused") {
      return Promise.reject(new ConnectionError("refused", "scripted"));
    }
    const writer = new ScriptedWriter(window, acknowledges);
    this.writers.push(writer);
    return Promise.resolve(writer);
  }

  get writer(): ScriptedWriter {
    return this.writers.at(-1)!;
  }
}

function setUp(script: Script = {}, options: DeliveryOptions = {}) {
  const clock = new VirtualClock();
  const events: DeliveryEvent[] = [];
  const onEvent = (event: DeliveryEvent) => void events.push(event);
  const handler = new ScriptedHandler(
    { clock, onEvent, whileDisconnected: "queue", ...options },
    script,
  );
  /** Emits each text in a turn of its own, so that it is a batch of its own. */
  const emit = async (...texts: string[]) => {
    for (const text of texts) {
      handler.handle(record(text));
      await clock.advance();
      account(handler);
    }
  };
  return { clock, events, handler, emit };
}

async function close({ clock, handler }: ReturnType<typeof setUp>): Promise<void> {
  const closing = handler.close();
  await clock.advance(5000);
  await closing;
  assertEquals([account(handler).queued, clock.pendingTimers], [0, 0]);
}

test("a listener may end the process upon any event", async () => {
  for (const connection of ["persistent", "per-flush"] as const) {
    for (const acknowledges of [true, false]) {
      for (const type of ["connected", "disconnected", "outage", "connect-failed"] as const) {
        let hooks: ExitHooks | undefined;
        const clock = new VirtualClock();
        const handler = new ScriptedHandler(
          {
            clock,
            connection,
            whileDisconnected: "queue",
            onEvent: (event) => {
              if (event.type === type) hooks?.exit();
            },
          },
          { acknowledges, dials: type === "connected" ? [] : ["ok", "refused"] },
          {
            exitNotifier: {
              atExit: (added) => {
                hooks = added;
                return () => {};
              },
            },
          },
        );
        for (let i = 0; i < 3; i++) handler.handle(record("x".repeat(40_000)));
        void handler.flush();
        await clock.advance(10);
        handler.writers.at(-1)?.lose();
        await clock.advance(10);
        void handler.flush();
        await clock.advance(10);
        handler.handle(record("late"));
        hooks?.exit();
        const { emitted, queued } = account(handler);
        assertEquals([emitted, queued], [4, 0], `${connection} ${acknowledges} ${type}`);
        const closing = handler.close();
        await clock.advance(5000);
        await closing;
        assertEquals(clock.pendingTimers, 0, `${connection} ${acknowledges} ${type}`);
      }
    }
  }
});

test("an error closes no connection of a flush, although closeOnError is set, and is reported", async () => {
  const run = setUp({ acknowledges: true }, { connection: "per-flush" });
  const { clock, handler } = run;
  handler.closeOnError = true;
  handler.handle(record("a"));
  const flushed = handler.flush();
  await clock.advance();
  const { lines, end } = catchStderr();
  try {
    handler.handle(unencodable());
  } finally {
    end();
  }
  assert(lines.length > 0 && !handler.writer.isClosed);
  handler.writer.settle(0);
  await clock.advance();
  await flushed;
  await close(run);
});

test("every network handler is a NetworkHandler, and a DatagramHandler is a SocketHandler", () => {
  const parents = (of: object): unknown[] => {
    const parent = Object.getPrototypeOf(of);
    return parent === Handler ? [Handler] : [parent, ...parents(parent)];
  };
  assertEquals(parents(DatagramHandler), [SocketHandler, NetworkHandler, Handler]);
  for (const kind of [SocketHandler, SysLogHandler, HTTPHandler, SMTPHandler]) {
    assertEquals(parents(kind), [NetworkHandler, Handler]);
  }
});

test("a subclass of NetworkHandler sends the text of records, and has the account and the back-off", async () => {
  const run = setUp({ acknowledges: false, dials: ["refused"] }, { whileDisconnected: "drop" });
  const { clock, handler, events } = run;
  assertInstanceOf(handler, Handler);
  handler.setFormatter(new Formatter("%(levelname)s %(message)s"));
  handler.handle(record("lost"));
  await handler.flush();
  assertEquals([account(handler).dropped.disconnected, handler.retryTime], [1, 1]);
  handler.retryStart = 5;
  assertEquals([handler.retryStart, handler.retryFactor, handler.retryMax], [5, 2, 30]);
  assertThrows(() => handler.retryMax = -1, RangeError, "'retryMax'");
  await clock.advance(1000);
  handler.handle(record("%d left", 3));
  handler.send(new TextEncoder().encode("as it is"));
  await handler.flush();
  assertEquals(handler.writer.written.flatMap(({ texts }) => texts), ["INFO 3 left", "as it is"]);
  const { emitted, sent, queued, unacknowledged } = account(handler);
  assertEquals([emitted, sent, queued, unacknowledged], [3, 0, 2, 0], "on probation");
  await clock.advance(1000);
  assertEquals([account(handler).sent, account(handler).recovered], [2, 0]);
  assertEquals(events.map(({ type }) => type), [
    ...["outage", "connect-failed", "dropped", "connected", "outage-over"],
  ]);
  await close(run);
  assert(handler.writer.isClosed);
  handler.handle(record("late"));
  assertEquals(account(handler).dropped.closed, 1);
});

test("a record that encode() refuses is dropped and reported, and those around it are sent", async () => {
  const faults: unknown[] = [];
  class Encoding extends ScriptedHandler {
    protected override encode(of: LogRecord): Uint8Array {
      if (of.msg === "bad") throw new Error("scripted");
      return Uint8Array.of(65);
    }
    override handleError(_record: LogRecord, error: unknown): void {
      faults.push(error);
    }
  }
  const clock = new VirtualClock();
  const handler = new Encoding({ clock, onEvent: () => {} });
  for (const text of ["a", "bad", "b"]) handler.handle(record(text));
  await clock.advance();
  assertEquals(handler.writer.written.map(({ texts }) => texts), [["A", "A"]]);
  assertEquals([account(handler).dropped.error, faults.length], [1, 1]);
  handler.writer.settle(0);
  await handler.close();
});

test("a dial that gives no writer is a failed dial, and is reported", async () => {
  const faults: unknown[] = [];
  class Broken extends NetworkHandler {
    protected override openWriter(): Promise<BatchWriter> {
      return Promise.resolve({} as BatchWriter);
    }
    override handleError(_record: LogRecord, error: unknown): void {
      faults.push(error);
    }
  }
  const clock = new VirtualClock();
  const handler = new Broken("Broken", { clock, onEvent: () => {} });
  handler.handle(record("a"));
  await clock.advance();
  assertEquals([handler.stats.connectFailures, account(handler).dropped.disconnected], [1, 1]);
  assert(faults[0] instanceof TypeError && faults[0].message.includes("openWriter()"));
  await handler.close();
});

test("batches under way count as sent when the server acknowledges them, in any order", async () => {
  const run = setUp();
  const { handler, emit } = run;
  await emit("a", "b", "c");
  const { writer } = handler;
  assertEquals(writer.written.map(({ texts }) => texts), [["a"], ["b"], ["c"]]);
  assertEquals(writer.written.map(({ batch }) => batch.id), [0n, 1n, 2n]);
  assertEquals([account(handler).sent, account(handler).unacknowledged], [0, 3]);
  for (const [number, sent] of [[2, 1], [0, 2], [0, 2], [1, 3]] as const) {
    writer.settle(number);
    assertEquals([account(handler).sent, account(handler).unacknowledged], [sent, 3 - sent]);
  }
  assertEquals(account(handler).sentBytes, 3);
  await close(run);
});

test("records that the server refuses for good are dropped, and the rest of their batch is sent", async () => {
  const run = setUp();
  const { clock, handler, events } = run;
  for (const text of ["a", "bb", "ccc", "dddd"]) handler.handle(record(text));
  await clock.advance();
  handler.writer.settle(0, [1, 3, 3, 99]);
  await clock.advance();
  const { sent, sentBytes, dropped } = account(handler);
  assertEquals([sent, sentBytes, dropped.refused], [2, 4, 2]);
  assertEquals(events.at(-1), { type: "dropped", reason: "refused", records: 2 });
  await close(run);
});

test("unacknowledged batches are sent again after a lost connection, in order and unchanged", async () => {
  const run = setUp();
  const { clock, handler, emit } = run;
  await emit("a", "b", "c", "d");
  const [first] = handler.writers;
  first!.settle(1);
  handler.handle(record("e"));
  handler.handle(record("f"));
  first!.lose();
  await clock.advance();
  assertEquals(handler.writers.length, 2);
  assertEquals(handler.writer.written.map(({ batch, texts }) => [batch.id, ...texts]), [
    [0n, "a"],
    [2n, "c"],
    [3n, "d"],
    [4n, "e", "f"],
  ]);
  assertEquals([account(handler).sent, account(handler).unacknowledged], [1, 5]);
  first!.settle(0);
  assertEquals(account(handler).sent, 1, "a lost connection acknowledges nothing");
  for (let number = 0; number < 4; number++) handler.writer.settle(number);
  assertEquals(account(handler).sent, 6);
  await close(run);
});

test("a writer whose window is full gets the next batch when the server has acknowledged one", async () => {
  const run = setUp({ window: 2 });
  const { clock, handler, emit } = run;
  await emit("a", "b", "c", "d");
  const { writer } = handler;
  assertEquals(writer.written.map(({ texts }) => texts), [["a"], ["b"]]);
  writer.settle(1);
  await clock.advance();
  assertEquals(writer.written.slice(2).map(({ texts }) => texts), [["c", "d"]]);
  writer.settle(0);
  writer.settle(2);
  await close(run);
  assertEquals(account(handler).sent, 4);
});

test("flush() waits for the acknowledgement of every record before it, and of no other", async () => {
  const run = setUp();
  const { clock, handler, emit } = run;
  await emit("a", "b");
  let isFlushed = false;
  void handler.flush().then(() => isFlushed = true);
  await emit("c");
  handler.writer.settle(1);
  await clock.advance();
  assertEquals(isFlushed, false);
  handler.writer.settle(0);
  await clock.advance();
  assertEquals([isFlushed, account(handler).unacknowledged], [true, 1]);
  await close(run);
});

test("flush() that connects for itself waits for acknowledgements too, before it half-closes", async () => {
  const run = setUp({}, { connection: "per-flush" });
  const { clock, handler } = run;
  const text = "x".repeat(40_000);
  for (let i = 0; i < 3; i++) handler.handle(record(text));
  let isFlushed = false;
  void handler.flush().then(() => isFlushed = true);
  await clock.advance();
  const { writer } = handler;
  assertEquals([writer.written.length, account(handler).unacknowledged], [3, 3]);
  writer.settle(2);
  writer.settle(0);
  await clock.advance();
  assertEquals([writer.isClosed, isFlushed, account(handler).sent], [false, false, 2]);
  writer.settle(1);
  await clock.advance();
  assertEquals([writer.isClosed, isFlushed, account(handler).sent], [true, true, 3]);
  await close(run);
});

test("a flush whose connection is lost sends unacknowledged records again, once", async () => {
  const run = setUp({}, { connection: "per-flush" });
  const { clock, handler } = run;
  handler.handle(record("a".repeat(40_000)));
  handler.handle(record("b".repeat(40_000)));
  const flushed = handler.flush();
  await clock.advance();
  handler.writer.settle(0);
  handler.writer.lose();
  await clock.advance();
  assertEquals(handler.writers.length, 2);
  assertEquals(handler.writer.written.map(({ batch, texts }) => [batch.id, texts[0]![0]]), [
    [1n, "b"],
  ]);
  handler.writer.lose();
  await clock.advance();
  await flushed;
  assertEquals([handler.writers.length, account(handler).queued, handler.retryTime], [2, 1, 1]);
  await close(run);
});

test("a connection on which nothing is acknowledged for writeTimeoutMs counts as lost", async () => {
  const run = setUp({}, { writeTimeoutMs: 700 });
  const { clock, handler, emit, events } = run;
  await emit("a");
  await clock.advance(600);
  await emit("b");
  await clock.advance(600);
  handler.writer.settle(1);
  await clock.advance(699);
  assertEquals(handler.writers.length, 1);
  await clock.advance(1);
  assertEquals(handler.writers.length, 2);
  const lost = events.find(({ type }) => type === "disconnected") as { error: Error };
  assertEquals(lost.error.message, "a write made no progress for 700 ms");
  assertEquals(handler.writer.written.map(({ texts }) => texts), [["a"]]);
  handler.writer.settle(0);
  await clock.advance(2000);
  assertEquals([account(handler).sent, handler.writers.length], [2, 2]);
  await close(run);
});

test("close() waits for acknowledgements for closeTimeoutMs, and drops records without one", async () => {
  const run = setUp({}, { closeTimeoutMs: 500 });
  const { clock, handler, emit } = run;
  await emit("a", "b");
  let isClosed = false;
  const closing = handler.close().then(() => isClosed = true);
  await clock.advance(400);
  handler.writer.settle(1);
  await clock.advance(99);
  assertEquals(isClosed, false);
  await clock.advance(1);
  await closing;
  assertEquals([account(handler).sent, account(handler).dropped.closed], [1, 1]);
});

test("a server that acknowledges nothing and hangs up is not dialled in a tight round", async () => {
  const run = setUp();
  const { clock, handler, emit } = run;
  await emit("a");
  for (let i = 0; i < 100; i++) {
    handler.writer.lose();
    await clock.advance(10);
  }
  assert(handler.writers.length <= 4, `${handler.writers.length} connections within a second`);
  assertEquals(account(handler).queued, 1);
  await close(run);
});

test("records that are not acknowledged are not dropped for room", async () => {
  const run = setUp({ window: 1 }, { maxQueuedRecords: 3 });
  const { handler, emit } = run;
  await emit("a", "b", "c", "d", "e");
  assertEquals(account(handler).dropped.overflow, 2);
  handler.writer.settle(0);
  await Promise.resolve();
  await Promise.resolve();
  assertEquals(handler.writer.written.flatMap(({ texts }) => texts), ["a", "d", "e"]);
  handler.writer.settle(1);
  await close(run);
});

test("a writer that settles a batch while it writes it is a writer like others", async () => {
  class AtOnce extends ScriptedWriter {
    override write(batch: Batch): undefined {
      super.write(batch);
      this.settle(this.written.length - 1);
    }
  }
  class AtOnceHandler extends NetworkHandler {
    readonly writer = new AtOnce(Infinity, true);
    protected override openWriter(): Promise<BatchWriter> {
      return Promise.resolve(this.writer);
    }
  }
  for (const connection of ["persistent", "per-flush"] as const) {
    const clock = new VirtualClock();
    const handler = new AtOnceHandler("AtOnceHandler", { clock, connection });
    const texts = Array.from({ length: 5 }, (_, i) => String(i).repeat(40_000));
    for (const text of texts) handler.handle(record(text));
    await handler.flush();
    assertEquals(handler.writer.written.flatMap((written) => written.texts), texts);
    assertEquals([account(handler).sent, account(handler).queued], [5, 0]);
    await handler.close();
  }
});

test("an acknowledging server gets every record, in order, whatever happens on the way", async () => {
  const property = fc.asyncProperty(
    fc.integer({ min: 1, max: 1e9 }),
    fc.constantFrom<"persistent" | "per-flush">("persistent", "per-flush"),
    async (seed, connection) => {
      const dice = new Dice(seed);
      const window = dice.pick(1, 2, 128);
      const run = setUp({ window }, {
        connection,
        writeTimeoutMs: 1e6,
        closeTimeoutMs: 100_000,
        maxQueuedRecords: dice.pick(20, Infinity),
      });
      const { clock, handler } = run;
      const settled = new Set<string>();
      const refused = new Set<string>();
      const unsettled = new Map<ScriptedWriter, Set<number>>();
      const ids = new Map<bigint, string>();
      let emitted = 0;
      const settleOne = (writer: ScriptedWriter) => {
        const open = [...unsettled.get(writer) ?? []];
        if (open.length === 0 || writer.isClosed) return;
        const number = open[dice.roll(open.length)]!;
        unsettled.get(writer)!.delete(number);
        const { texts } = writer.written[number]!;
        const bad = dice.once(5) ? [dice.roll(texts.length)] : [];
        texts.forEach((text, i) => (bad.includes(i) ? refused : settled).add(text));
        writer.settle(number, bad);
      };
      /** Looks at what was written, and that no batch came with other records than before. */
      const look = () => {
        for (const writer of handler.writers) {
          if (!unsettled.has(writer)) unsettled.set(writer, new Set());
          let last = -1n;
          for (const [number, { batch, texts }] of writer.written.entries()) {
            assert(batch.id > last, "batches are in order on a connection");
            last = batch.id;
            if (number < (seen.get(writer) ?? 0)) continue;
            // Fewer once a record of it is suspected of ending connections.
            const name = ids.get(batch.id) ?? texts.join();
            assert(name.startsWith(texts.join()), "a batch keeps its id and its records");
            ids.set(batch.id, texts.join());
            unsettled.get(writer)!.add(number);
          }
          seen.set(writer, writer.written.length);
        }
        const { sent, dropped, unacknowledged, queued } = account(handler);
        assertEquals([sent, dropped.refused], [settled.size, refused.size]);
        assert(unacknowledged <= queued);
      };
      const seen = new Map<ScriptedWriter, number>();
      for (let steps = 60; steps > 0; steps--) {
        switch (dice.roll(6)) {
          case 0:
          case 1:
            for (let count = dice.roll(4); count >= 0; count--) {
              handler.handle(record(`${emitted++}${"x".repeat(dice.pick(0, 30_000))}`));
            }
            break;
          case 2:
            await clock.advance(dice.pick(0, 1, 100, 3000));
            break;
          case 3:
            void handler.flush();
            break;
          case 4:
            if (handler.writers.length > 0) settleOne(handler.writer);
            break;
          case 5:
            if (dice.once(3)) handler.writers.at(-1)?.lose();
            break;
        }
        look();
        await clock.advance();
        look();
      }
      const closing = handler.close();
      for (let turn = 0; turn < 400; turn++) {
        await clock.advance(100);
        look();
        for (const writer of handler.writers) settleOne(writer);
        look();
      }
      await clock.advance(100_000);
      await closing;
      const { sent, droppedTotal, dropped, queued } = account(handler);
      assertEquals([queued, clock.pendingTimers], [0, 0]);
      assertEquals(sent + droppedTotal, emitted);
      assertEquals(dropped.closed, 0, "the last flush has sent them all");
    },
  );
  await fc.assert(property, { numRuns: roundsOf(80), seed: 7 });
});
