/** The same records through CPython's memory and queue handlers and through ours. */
import { assertEquals } from "@std/assert";
import { MemoryHandler } from "../../src/handlers/memory_handler.ts";
import { PortQueue } from "../../src/queue/port_queue.ts";
import { PortReceiver } from "../../src/queue/port_receiver.ts";
import { type HandlerQueue, QueueHandler } from "../../src/queue/queue_handler.ts";
import { type ListenerQueue, QueueListener } from "../../src/queue/queue_listener.ts";
import { RecordQueue } from "../../src/queue/record_queue.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import { Handler } from "../../src/logging/handler.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { makeLogRecord } from "../../src/logging/make_log_record.ts";
import { test } from "../test.ts";
import { askPython, Chooser } from "./oracle.ts";
import { withoutPython } from "./python.ts";

type Fields = Record<string, unknown>;
type Step = ["log", Fields] | ["target", string | null] | ["flush", null];

interface MemoryCase {
  capacity: number;
  flushLevel: number;
  flushOnClose: boolean;
  steps: Step[];
}

interface QueueCase {
  maxRecords: number;
  format: string;
  level: number;
  respect: boolean;
  records: Fields[];
}

class Lines extends Handler {
  readonly #label: string;
  readonly #lines: unknown[];

  constructor(label: string, lines: unknown[]) {
    super();
    this.#label = label;
    this.#lines = lines;
  }

  override emit(record: LogRecord): void {
    this.#lines.push([this.#label, this.format(record)]);
  }
}

class Telling extends QueueHandler {
  override handleError(): void {}
}

async function memory({ capacity, flushLevel, flushOnClose, steps }: MemoryCase) {
  const lines: unknown[] = [];
  const [a, b] = [new Lines("A", lines), new Lines("B", lines)];
  b.setLevel("CRITICAL");
  b.addFilter((record) => record.levelno !== 20);
  const handler = new MemoryHandler(capacity, { flushLevel, flushOnClose });
  const seen: unknown[] = [];
  for (const [step, argument] of steps) {
    if (step === "log") handler.handle(makeLogRecord(argument));
    else if (step === "target") {
      handler.setTarget(argument === null ? null : argument === "A" ? a : b);
    } else await handler.flush();
    seen.push([lines.length, handler.buffer.length]);
  }
  await handler.close();
  return [seen, lines, handler.target === null];
}

const PREPARED = [
  ...["name", "msg", "message", "args", "levelno", "exc_info", "exc_text", "stack_info"],
  ...["pathname", "lineno", "user"],
];

/** Puts records into `queue` and returns those that a listener takes out of `outlet`. */
async function queued(
  { format, level, respect, records }: QueueCase,
  queue: HandlerQueue,
  outlet: ListenerQueue,
): Promise<unknown[]> {
  const lines: unknown[] = [];
  const prepared: Fields[] = [];
  const handler = new Telling(queue);
  handler.setFormatter(new Formatter(format));
  const [first, second] = [new Lines("first", lines), new Lines("second", lines)];
  first.setLevel(level);
  first.setFormatter(new Formatter("%(levelname)s %(message)s"));
  class Noting extends QueueListener {
    override prepare(record: LogRecord): LogRecord {
      prepared.push(Object.fromEntries(PREPARED.map((name) => [name, record[name] ?? null])));
      return record;
    }
  }
  const listener = new Noting(outlet, first, second, { respect_handler_level: respect });
  const kept: unknown[] = [];
  for (const fields of records) {
    const record = makeLogRecord(fields);
    handler.handle(record);
    kept.push([record.msg, record.args, record.exc_text]);
  }
  listener.start();
  await handler.flush();
  await listener.stop();
  return [kept, prepared, lines, handler.stats.droppedTotal];
}

async function overPort(given: QueueCase): Promise<unknown[]> {
  const { port1, port2 } = new MessageChannel();
  try {
    const queue = new PortQueue(port1, { maxRecords: given.maxRecords });
    return await queued(given, queue, new PortReceiver(port2));
  } finally {
    port1.close();
    port2.close();
  }
}

function recordFields(choose: Chooser): Fields {
  const [msg, args] = choose.of<[string, unknown[]]>([
    ["plain", []],
    ["100%", []],
    ["%d of %s", [choose.int(-5, 5), "spam"]],
    ["%r", [["é", null, true]]],
    ["ends in a line\n", []],
  ]);
  const levelno = choose.of([10, 20, 30, 40, 50]);
  return {
    name: choose.of(["app", "app.area1"]),
    msg,
    args,
    levelno,
    levelname: `L${levelno}`,
    pathname: "/srv/app.py",
    lineno: choose.int(1, 99),
    exc_text: choose.of([null, null, "Traceback:\nboom"]),
    stack_info: choose.of([null, null, "Stack:\n  here"]),
    user: choose.of([null, "anna", 7]),
  };
}

function memoryCase(choose: Chooser): MemoryCase {
  return {
    capacity: choose.of([0, 1, 2, 3, 10]),
    flushLevel: choose.of([30, 40, 100]),
    flushOnClose: choose.of([true, false]),
    steps: Array.from({ length: 20 }, (): Step => {
      const step = choose.of(["log", "log", "log", "log", "target", "flush"]);
      if (step === "target") return ["target", choose.of([null, "A", "B"])];
      if (step === "flush") return ["flush", null];
      return ["log", { ...recordFields(choose), msg: `#${choose.int(0, 999)}`, args: [] }];
    }),
  };
}

function queueCase(choose: Chooser): QueueCase {
  return {
    maxRecords: choose.of([5, 1000]),
    format: choose.of(["%(message)s", "%(name)s:%(levelname)s:%(message)s"]),
    level: choose.of([0, 30, 50]),
    respect: choose.of([true, false]),
    records: Array.from({ length: choose.int(1, 12) }, () => recordFields(choose)),
  };
}

test("MemoryHandler passes on the same records at the same moments as CPython's", async () => {
  const choose = new Chooser(61);
  const cases = Array.from({ length: 100 }, () => memoryCase(choose));
  const expected = askPython("queue_oracle.py", cases.map((given) => ["memory", given]));
  const ours = [];
  for (const given of cases) ours.push(await memory(given));
  assertEquals(ours as unknown, expected);
}, { skip: withoutPython() });

test(
  "QueueHandler and QueueListener behave as CPython's, in one thread and over a port",
  async () => {
    const choose = new Chooser(62);
    const cases = Array.from({ length: 60 }, () => queueCase(choose));
    const expected = askPython("queue_oracle.py", cases.map((given) => ["queued", given]));
    const inThread = [];
    const overPorts = [];
    for (const given of cases) {
      const queue = new RecordQueue({ maxRecords: given.maxRecords });
      inThread.push(await queued(given, queue, queue));
      overPorts.push(await overPort(given));
    }
    assertEquals(inThread as unknown, expected);
    assertEquals(overPorts as unknown, expected);
  },
  { skip: withoutPython() },
);
