/** Stock CPython's `SocketHandler` and `DatagramHandler` into the receivers, on real sockets. */
import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connector } from "../../src/adapters/auto.ts";
import { frame } from "../../src/wire/length_prefix_framing.ts";
import { json } from "../../src/wire/json.ts";
import { PythonObject } from "../../src/wire/pickle/python_object.ts";
import { pickle } from "../../src/wire/pickle_serializer.ts";
import { signed } from "../../src/wire/signed.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import { getLogger } from "../../src/logging/get_logger.ts";
import { Handler } from "../../src/logging/handler.ts";
import { INFO } from "../../src/logging/level.ts";
import { Logger } from "../../src/logging/logger.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import {
  LogRecordDatagramReceiver,
  LogRecordSocketReceiver,
  type LogRecordSocketReceiverOptions,
  readRecords,
  type ReceiverFault,
} from "../../src/receivers/socket_receiver.ts";
import { test } from "../test.ts";
import {
  type Arguments,
  type Python,
  python3,
  pythons,
  runScript,
  withoutPython,
} from "./python.ts";

const skip = withoutPython();
const python = python3() ?? "python3";
const script = fileURLToPath(new URL("./sender.py", import.meta.url));

const send = (path: string, ...args: Arguments) => runScript(path, script, ...args);

/** Keeps records in their order of arrival, and can await them. */
class Inbox {
  readonly records: LogRecord[] = [];
  #changed = () => {};

  put(record: LogRecord): void {
    this.records.push(record);
    this.#changed();
  }

  async take(count: number): Promise<LogRecord[]> {
    while (this.records.length < count) {
      await new Promise<void>((resolve) => this.#changed = resolve);
    }
    return this.records;
  }
}

async function socketReceiver(
  options: Partial<LogRecordSocketReceiverOptions> = {},
  host = "127.0.0.1",
  port: number | null = 0,
) {
  const inbox = new Inbox();
  const faults: ReceiverFault[] = [];
  const receiver = new LogRecordSocketReceiver(host, port, {
    acceptor: connector,
    onError: (fault) => faults.push(fault),
    ...options,
  });
  receiver.handleLogRecord = (record) => inbox.put(record);
  await receiver.start();
  const { address } = receiver;
  return { receiver, inbox, faults, at: "port" in address ? address.port : address.path };
}

const oldAndNew: Python[] = pythons().filter((_, i, all) => i === 0 || i === all.length - 1);

const documented = [
  "root            INFO     Jackdaws love my big sphinx of quartz.",
  "myapp.area1     DEBUG    Quick zephyrs blow, vexing daft Jim.",
  "myapp.area1     INFO     How quickly daft jumping zebras vex.",
  "myapp.area2     WARNING  Jail zesty vixen who grabbed pay from quack.",
  "myapp.area2     ERROR    The five boxing wizards jump quickly.",
];

for (const { version, path } of pythons()) {
  test(`the documented example of CPython ${version} is handled by its loggers`, async () => {
    const lines: string[] = [];
    let arrived = () => {};
    const all = new Promise<void>((resolve) => arrived = resolve);
    const printing = new class extends Handler {
      override emit(record: LogRecord): void {
        if (lines.push(this.format(record)) === documented.length) arrived();
      }
    }();
    printing.setFormatter(
      new Formatter("%(relativeCreated)5d %(name)-15s %(levelname)-8s %(message)s"),
    );
    const root = getLogger();
    root.addHandler(printing);
    try {
      await using receiver = new LogRecordSocketReceiver("127.0.0.1", 0, { acceptor: connector });
      await receiver.start();
      assert("port" in receiver.address);
      await send(path, "tcp", "documented", receiver.address.port, "127.0.0.1");
      await all;
      for (const line of lines) assert(/^ {0,4}\d+ [a-z]/.test(line), line);
      assertEquals(lines.map((line) => line.replace(/^ *\d+ /, "")), documented);
      assertEquals(receiver.stats.received, 5);
    } finally {
      root.removeHandler(printing);
      await printing.close();
    }
  });
}

for (const { version, path } of oldAndNew) {
  test(`values of every kind arrive from CPython ${version}, and objects that are no data stay inert`, async () => {
    const { receiver, inbox, faults, at } = await socketReceiver();
    await send(path, "tcp", "values", at, "127.0.0.1");
    const [values, caught, unicode, own] = await inbox.take(4);
    await receiver.stop();
    assertEquals(faults, []);

    assertEquals(values!.getMessage(), "values of all kinds");
    assertEquals([values!.levelno, values!.levelname, values!.name], [30, "WARNING", "app.values"]);
    const named: [string, string, string][] = [
      ["when", "datetime", "datetime"],
      ["price", "decimal", "Decimal"],
      ["own", "__main__", "Own"],
      ["kind", "__main__", "Own"],
      ["harm", "posix", "system"],
      ["ratio", "fractions", "Fraction"],
    ];
    for (const [field, module, name] of named) {
      const value = values![field];
      assertInstanceOf(value, PythonObject);
      assertEquals([value.module, value.name], [module, name], field);
    }
    assertEquals((values!.price as PythonObject).args, ["1.50"]);
    const formatter = new Formatter("%(when)s %(price)s %(price).1f %(price)d %(ratio)s");
    assertEquals(formatter.format(values!).split("\n")[0], "2024-05-06 07:08:09 1.50 1.5 1 1/3");
    assertEquals((values!.own as PythonObject).state, { colour: "red" });
    assertEquals((values!.harm as PythonObject).args, ["exit 1"]);
    assertEquals((values!.kind as PythonObject).args, null);
    assertEquals([...values!.tags as Set<string>].sort(), ["a", "b"]);
    assertEquals(values!.raw, new Uint8Array([0, 255]));
    assertEquals(values!.pair, [1, 2.5]);
    assertEquals(values!.big, 2n ** 70n);
    assertEquals(values!.nothing, null);
    assertEquals(values!.nested, { k: [true, null, new Map([[1, 2]])] });
    assertStrictEquals((values as { polluted?: boolean }).polluted, undefined);
    assertEquals(Object.getOwnPropertyDescriptor(values, "__proto__")?.value, { polluted: true });
    assertEquals(Object.getOwnPropertyDescriptor(values, "constructor")?.value, 1);
    assertEquals(String(values).slice(0, 11), "<LogRecord:");

    assertEquals([caught!.getMessage(), caught!.levelname], ["caught 1", "ERROR"]);
    assertEquals(caught!.exc_info, null);
    assert(caught!.exc_text!.startsWith("Traceback (most recent call last):\n"));
    assert(caught!.exc_text!.includes("ZeroDivisionError"));
    const text = new Formatter("%(message)s").format(caught!);
    assertEquals(text, `caught 1\n${caught!.exc_text}`);

    assertEquals(unicode!.getMessage(), "€ späm 😀 ☃");
    assertEquals([own!.levelno, own!.levelname], [15, "Level 15"]);
    assertEquals(typeof own!.created, "number");
    assertEquals(own!.funcName, "values");
  });

  test(`DatagramHandler of CPython ${version} arrives`, async () => {
    const inbox = new Inbox();
    const faults: ReceiverFault[] = [];
    const receiver = new LogRecordDatagramReceiver("127.0.0.1", 0, {
      acceptor: connector,
      onError: (fault) => faults.push(fault),
    });
    receiver.handleLogRecord = (record) => inbox.put(record);
    await receiver.start();
    assert("port" in receiver.address);
    await send(path, "udp", "documented", receiver.address.port, "127.0.0.1");
    const records = await inbox.take(5);
    await receiver.stop();
    assertEquals(
      records.map((record) =>
        new Formatter("%(name)-15s %(levelname)-8s %(message)s").format(record)
      ),
      documented,
    );
    assertEquals(faults, []);
  });
}

const python2 = pythons().find(({ version }) => version.startsWith("2."));
test("byte strings of Python 2 arrive whether they are UTF-8 or Latin-1", async () => {
  const { receiver, inbox, faults, at } = await socketReceiver();
  await send(python2?.path ?? "python2", "tcp", "bytes", at, "127.0.0.1");
  const records = await inbox.take(2);
  await receiver.stop();
  assertEquals(records.map((record) => record.msg), ["späm utf-8", "späm latin-1"]);
  assertEquals(faults, []);
}, { skip: python2 === undefined && "it needs CPython 2.7: pyenv install 2.7" });

test("CPython arrives over a Unix socket, and stop() loses nothing that was sent", async () => {
  const folder = mkdtempSync(join(tmpdir(), "logwire-"));
  const path = join(folder, "receiver.sock");
  try {
    const { receiver, inbox, faults, at } = await socketReceiver({}, path, null);
    assertEquals(at, path);
    await send(python, "unix", "many", path);
    // All of it is in the kernel; how much was read by now does not matter.
    await inbox.take(1);
    await receiver.stop();
    assertEquals(
      inbox.records.map((record) => record.msg),
      Array.from({ length: 2000 }, (_, i) => `record ${i}`),
    );
    assertEquals(faults, []);
    assertEquals(receiver.stats.open, 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, { skip });

test("a signature made by CPython is verified, and a wrong one refused", async () => {
  for (const key of ["the key", "another key"]) {
    const { receiver, inbox, faults, at } = await socketReceiver({
      serializer: signed(pickle, key),
    });
    await send(python, "tcp", "signed", at, "127.0.0.1").catch((error) => {
      // Where the connection was closed on it CPython may or may not notice.
      if (key === "the key") throw error;
    });
    if (key === "the key") await inbox.take(5);
    await receiver.stop();
    assertEquals(inbox.records.length, key === "the key" ? 5 : 0);
    // A CPython that notices that it was cut off connects again, to the same end.
    assertEquals(faults.length > 0, key === "another key");
    for (const { reason, error } of faults) {
      assertEquals([reason, (error as Error).name], ["payload", "SignatureError"]);
    }
  }
}, { skip });

test("a signature made here is verified by CPython", () => {
  const source = [
    "import hashlib, hmac, json, pickle, struct, sys",
    "data = sys.stdin.buffer.read()",
    "assert struct.unpack('>L', data[:4])[0] == len(data) - 4",
    "digest, payload = data[4:36], data[36:]",
    "assert hmac.compare_digest(digest, hmac.new(b'the key', payload, hashlib.sha256).digest())",
    "print(json.dumps([pickle.loads(payload) if sys.argv[1] == 'pickle' else json.loads(payload)]))",
  ].join("\n");
  const fields = { name: "app", msg: "späm", levelno: 20, big: 2 ** 40 };
  for (const [name, serializer] of [["pickle", pickle], ["json", json]] as const) {
    const input = frame(signed(serializer, "the key").dumps(fields));
    const out = execFileSync(python, ["-c", source, name], { input });
    assertEquals(JSON.parse(out.toString()), [fields]);
  }
}, { skip });

test("readRecords() reads what CPython wrote into a pipe", async () => {
  const source = [
    "import logging, logging.handlers, sys",
    "handler = logging.handlers.SocketHandler('', 0)",
    "handler.send = sys.stdout.buffer.write",
    "logging.getLogger().addHandler(handler)",
    "for i in range(1000): logging.warning('record %d', i)",
  ].join("\n");
  const child = spawn(python, ["-c", source], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "close");
  const messages: string[] = [];
  for await (const record of readRecords(child.stdout)) messages.push(record.getMessage());
  await ended;
  assertEquals(messages, Array.from({ length: 1000 }, (_, i) => `record ${i}`));
}, { skip });

test("records arrive over TLS with a certificate demanded of the sender", async () => {
  const folder = new URL("../testdata/tls/", import.meta.url);
  const pem = (name: string) => readFileSync(new URL(name, folder), "utf8");
  const ca = [pem("ca.pem")];
  const { receiver, inbox, faults } = await socketReceiver({
    tls: { cert: pem("server.pem"), key: pem("server.key"), ca },
  });
  assert("port" in receiver.address);
  const handler = new SocketHandler("127.0.0.1", receiver.address.port, {
    connector,
    tls: { ca, cert: pem("client.pem"), key: pem("client.key"), serverName: "localhost" },
  });
  const logger = new Logger("app", INFO);
  logger.addHandler(handler);
  logger.info("spam");
  assertEquals((await inbox.take(1))[0]!.msg, "spam");
  await Promise.all([handler.close(), receiver.stop()]);
  assertEquals(faults, []);
});
