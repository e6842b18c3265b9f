/** `SyslogReceiver` on real sockets; stock CPython's `SysLogHandler` sends, and so do plain ones. */
import { assert, assertEquals } from "@std/assert";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connector } from "../../src/adapters/auto.ts";
import { lineDelimited, octetCounting } from "../../src/wire/syslog/syslog_framing.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import {
  type ReceiverFault,
  type SyslogDatagramReceiverOptions,
  SyslogReceiver,
  type SyslogStreamReceiverOptions,
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
const script = fileURLToPath(new URL("./syslog_sender.py", import.meta.url));
const encoder = new TextEncoder();

const send = (path: string, ...args: Arguments) => runScript(path, script, ...args);

type Options =
  | Omit<SyslogDatagramReceiverOptions, "acceptor">
  | Omit<SyslogStreamReceiverOptions, "acceptor">;

/** A receiver that has started, and what it got. */
async function setting(
  options: Options,
  host = "127.0.0.1",
  port: number | null = 0,
) {
  const records: LogRecord[] = [];
  const faults: ReceiverFault[] = [];
  let changed = () => {};
  const onError = (fault: ReceiverFault) => void faults.push(fault);
  const receiver = new SyslogReceiver(host, port, { acceptor: connector, onError, ...options });
  receiver.handleLogRecord = (record) => {
    records.push(record);
    changed();
  };
  await receiver.start();
  const { address } = receiver;
  return {
    receiver,
    faults,
    port: "port" in address ? address.port : 0,
    async take(count: number): Promise<LogRecord[]> {
      while (records.length < count) {
        await new Promise<void>((resolve) => changed = resolve);
      }
      return records;
    },
  };
}

/** The sender's messages as they must arrive. */
function check(records: LogRecord[]): void {
  const arrived = records.map((record) => [record.name, record.levelname, record.getMessage()]);
  assertEquals(arrived, [
    ["syslog", "DEBUG", "a debug message"],
    ["syslog", "INFO", "späm, 100% of it"],
    ["syslog", "WARNING", "Error: no tag, host or time"],
    ["syslog", "ERROR", "two\nlines"],
    ["myapp", "CRITICAL", "with an ident"],
    ["app", "INFO", "as RFC 3164 has it"],
    ["app", "INFO", "as RFC 5424 has it"],
  ]);
  assertEquals(records.map(({ facility }) => facility), Array(7).fill(19));
  assertEquals(records.map(({ severity }) => severity), [7, 6, 4, 3, 2, 6, 6]);
  const [, , , , ident, classic, modern] = records;
  assertEquals([ident!.procid, ident!.hostname], ["42", null]);
  assertEquals([classic!.procid, classic!.hostname, classic!.structured_data], [
    ...[null, "host1", null],
  ]);
  const time = new Date(classic!.created * 1000);
  assertEquals([time.getMonth(), time.getDate(), time.getHours()], [1, 3, 4]);
  assertEquals(
    [modern!.hostname, modern!.procid, modern!.msgid, modern!.structured_data, modern!.created],
    ["host1", "42", "ID47", { "a@1": { b: "c" } }, Date.UTC(2026, 1, 3, 4, 5, 6, 789) / 1000],
  );
}

const python: Python = { version: "3", path: python3() ?? "python3" };
const python3s = pythons().filter(({ version }) => version.startsWith("3."));
const oldAndNew = python3s.filter((_, i, all) => i === 0 || i === all.length - 1);

for (const { version, path } of oldAndNew.length > 0 ? oldAndNew : [python]) {
  test(`SysLogHandler of CPython ${version} arrives over UDP and over TCP`, async () => {
    const options = { udp: {}, tcp: { transport: "tcp", delimiter: "nul" } } as const;
    for (const kind of ["udp", "tcp"] as const) {
      const { receiver, faults, port, take } = await setting(options[kind]);
      await send(path, kind, port, "127.0.0.1");
      check(await take(7));
      await receiver.stop();
      assertEquals(faults, []);
      assertEquals(receiver.stats.received, 7);
    }
  }, { skip });
}

test("SysLogHandler of CPython arrives over a Unix socket", async () => {
  const folder = mkdtempSync(join(tmpdir(), "logwire-"));
  try {
    const path = join(folder, "log.sock");
    const options = { transport: "unix", delimiter: "nul" } as const;
    const { receiver, faults, take } = await setting(options, path, null);
    await send(python.path, "unix", path);
    check(await take(7));
    await receiver.stop();
    assertEquals(faults, []);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, { skip });

test("messages arrive over TLS in both framings, from a sender that its certificate admits", async () => {
  const folder = new URL("../testdata/tls/", import.meta.url);
  const pem = (name: string) => readFileSync(new URL(name, folder), "utf8");
  const ca = [pem("ca.pem")];
  const { receiver, faults, port, take } = await setting({
    transport: "tcp",
    tls: { cert: pem("server.pem"), key: pem("server.key"), ca },
  });
  const tls = { ca, cert: pem("client.pem"), key: pem("client.key"), serverName: "localhost" };
  const to = { transport: "tcp", hostname: "127.0.0.1", port, tls } as const;
  const stream = await connector.connect(to);
  await stream.write(octetCounting.frame(encoder.encode("<11>1 - host1 app - - - two\nlines")));
  await stream.write(lineDelimited.frame(encoder.encode("<11>1 - host1 app - - - one line")));
  await stream.write(encoder.encode("<11>1 - host1 app - - - the last"));
  await take(2);
  await stream.close();
  const records = await take(3);
  assertEquals(records.map((record) => record.msg), ["two\nlines", "one line", "the last"]);
  assert(records.every(({ name, hostname }) => name === "app" && hostname === "host1"));
  await receiver.stop();
  assertEquals(faults, []);
});
