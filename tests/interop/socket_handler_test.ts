/** `SocketHandler` and `DatagramHandler` into the log server of the Python documentation. */
import { assert, assertEquals } from "@std/assert";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connector } from "../../src/adapters/auto.ts";
import { DatagramHandler } from "../../src/handlers/datagram_handler.ts";
import type { NetworkHandler } from "../../src/delivery/network_handler.ts";
import { SocketHandler } from "../../src/handlers/socket_handler.ts";
import { ERROR, INFO } from "../../src/logging/level.ts";
import { getLogger } from "../../src/logging/get_logger.ts";
import { catchStderr } from "../stderr.ts";
import { test } from "../test.ts";
import { python3, pythons, withoutPython } from "./python.ts";
import { PythonReceiver } from "./python_receiver.ts";

const skip = withoutPython();
const python = python3() ?? "python3";
const testdata = fileURLToPath(new URL("../testdata/", import.meta.url));
const pem = (name: string) => readFileSync(join(testdata, "tls", name), "utf8");

/** The example of Python's documentation: what its client logs. */
function logTheExample(): void {
  const log1 = getLogger("myapp.area1");
  const log2 = getLogger("myapp.area2");
  getLogger().info("Jackdaws love my big sphinx of quartz.");
  log1.debug("Quick zephyrs blow, vexing daft Jim.");
  log1.info("How quickly daft jumping zebras vex.");
  log2.warning("Jail zesty vixen who grabbed pay from quack.");
  log2.error("The five boxing wizards jump quickly.");
}

const example = [
  "root            INFO     Jackdaws love my big sphinx of quartz.",
  "myapp.area1     DEBUG    Quick zephyrs blow, vexing daft Jim.",
  "myapp.area1     INFO     How quickly daft jumping zebras vex.",
  "myapp.area2     WARNING  Jail zesty vixen who grabbed pay from quack.",
  "myapp.area2     ERROR    The five boxing wizards jump quickly.",
];

/** Runs `fn` with the root logger at NOTSET and `handler` on it. */
async function withHandler(
  handler: NetworkHandler,
  fn: () => void | Promise<void>,
): Promise<void> {
  const root = getLogger();
  root.setLevel(1);
  root.addHandler(handler);
  try {
    await fn();
    await handler.flush();
    await handler.close();
    const { emitted, sent, queued, droppedTotal } = handler.stats;
    assertEquals({ sent, queued, droppedTotal }, { sent: emitted, queued: 0, droppedTotal: 0 });
  } finally {
    root.removeHandler(handler);
    await handler.close();
  }
}

for (const { version, path } of pythons()) {
  test(`the documented example arrives at CPython ${version} as documented`, async () => {
    await using receiver = await PythonReceiver.start(path, "tcp");
    const handler = new SocketHandler("localhost", receiver.port, { connector });
    await withHandler(handler, logTheExample);
    const lines = await receiver.waitFor(5);
    for (const line of lines) assert(/^ {0,4}\d+ [a-z]/.test(line), line);
    assertEquals(lines.map((line) => line.replace(/^ *\d+ /, "")), example);
  });
}

test("the documented example arrives over UDP on IPv4 and IPv6", async () => {
  for (const [kind, host] of [["udp", "127.0.0.1"], ["udp6", "::1"]] as const) {
    await using receiver = await PythonReceiver.start(python, kind);
    const handler = new DatagramHandler(host, receiver.port, { connector });
    await withHandler(handler, logTheExample);
    const lines = await receiver.waitFor(5);
    assertEquals(lines.map((line) => line.replace(/^ *\d+ /, "")), example);
  }
}, { skip });

test("records arrive over TCP on IPv6 and over a Unix socket", async () => {
  {
    await using receiver = await PythonReceiver.start(python, "tcp6");
    await withHandler(new SocketHandler("::1", receiver.port, { connector }), logTheExample);
    await receiver.waitFor(5);
  }
  const folder = mkdtempSync(join(tmpdir(), "logwire-"));
  try {
    const path = join(folder, "log.sock");
    await using receiver = await PythonReceiver.start(python, "unix", "--path", path);
    await withHandler(new SocketHandler(path, null, { connector }), logTheExample);
    const lines = await receiver.waitFor(5);
    assertEquals(lines.map((line) => line.replace(/^ *\d+ /, "")), example);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, { skip });

test("records arrive over TLS with a client certificate that the server demands", async () => {
  const files = ["server.pem", "server.key", "ca.pem"].map((name) => join(testdata, "tls", name));
  await using receiver = await PythonReceiver.start(python, "tcp", "--tls", ...files);
  const tls = { ca: [pem("ca.pem")], cert: pem("client.pem"), key: pem("client.key") };
  await withHandler(
    new SocketHandler("localhost", receiver.port, { connector, tls }),
    logTheExample,
  );
  const lines = await receiver.waitFor(5);
  assertEquals(lines.map((line) => line.replace(/^ *\d+ /, "")), example);
}, { skip });

test("a record's attributes arrive with the types that CPython gives them", async () => {
  await using receiver = await PythonReceiver.start(python, "tcp", "--json");
  const handler = new SocketHandler("127.0.0.1", receiver.port, { connector });
  const extra = {
    whole: 3,
    big: 12345678901234567890n,
    ratio: 0.5,
    ok: true,
    none: null,
    text: "häm ✓ 𝄞 \ud800",
    list: [1, [2]],
    dict: { a: { b: "c" } },
    bytes: new Uint8Array([0, 255]),
    when: new Date(0),
  };
  const error = new Error("outer", { cause: new TypeError("inner") });
  await withHandler(handler, () => {
    getLogger("app").info("%s has %d", "it", 7, { extra });
    getLogger("app").error("failed", error);
  });
  const [first, second] = await receiver.records(2);
  assert(first !== undefined && second !== undefined);
  const { __message__, name, levelno, levelname, msg, args, exc_info, taskName, lineno } = first;
  assertEquals({ __message__, name, levelno, levelname, msg, args, exc_info, taskName, lineno }, {
    __message__: "it has 7",
    name: "app",
    levelno: INFO,
    levelname: "INFO",
    msg: "it has 7",
    args: null,
    exc_info: null,
    taskName: null,
    lineno: 0,
  });
  for (const key of ["whole", "ratio", "ok", "none", "text", "list", "dict"] as const) {
    assertEquals(first[key], extra[key]);
  }
  assertEquals(first.big, Number(extra.big));
  assertEquals(first.bytes, String.raw`b'\x00\xff'`);
  assertEquals(first.when, "1970-01-01T00:00:00.000Z");
  assertEquals(second.levelno, ERROR);
  const text = String(second.exc_text);
  assert(text.includes("outer") && text.includes("inner"), text);
}, { skip });

test(
  "CPython receives a record whose arguments do not suit its message, as readable text",
  async () => {
    const stderr = catchStderr();
    try {
      await using receiver = await PythonReceiver.start(python, "tcp");
      const handler = new SocketHandler("localhost", receiver.port, { connector });
      const log = getLogger("app");
      log.addHandler(handler);
      log.warning("%d eggs", "no");
      log.warning("%d eggs", 2);
      await handler.flush();
      log.removeHandler(handler);
      const lines = await receiver.waitFor(2);
      assert(lines[0]?.endsWith("%d eggs (arguments: 'no')"), lines[0]);
      assert(lines[1]?.endsWith("2 eggs"));
      await handler.close();
      assertEquals([handler.stats.sent, handler.stats.dropped.error], [2, 0]);
      assertEquals(stderr.lines.length, 1);
    } finally {
      stderr.end();
    }
  },
  { skip },
);
