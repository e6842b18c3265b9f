/** `SysLogHandler` into real syslog daemons over the network: they understand what was logged. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { execFile } from "node:child_process";
import { hostname } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { connector } from "../../src/adapters/auto.ts";
import { SysLogHandler, type SyslogOptions } from "../../src/handlers/sys_log_handler.ts";
import { Formatter } from "../../src/logging/formatter.ts";
import { Logger } from "../../src/logging/logger.ts";
import { test } from "../test.ts";
import { python3, withoutPython } from "./python.ts";
import { SyslogDaemon } from "./syslog/daemon.ts";
import { logInto } from "./syslog/log_into.ts";
import { without } from "./syslog/program.ts";
import { rsyslog } from "./syslog/rsyslog.ts";
import { syslogNg } from "./syslog/syslog_ng.ts";
import { arriving, networkWays, type Way } from "./syslog/ways.ts";

const sender = fileURLToPath(new URL("./syslog_sender.py", import.meta.url));

/** Does what that program does. */
async function logAsSender(kind: "udp" | "tcp", port: number): Promise<void> {
  const handler = new SysLogHandler(["127.0.0.1", port], {
    connector,
    facility: "local3",
    socktype: kind === "tcp" ? "stream" : "datagram",
  });
  const logger = new Logger("app", 1);
  logger.addHandler(handler);
  logger.debug("a debug message");
  logger.info("späm, 100%% of %s", "it");
  logger.warning("Error: no tag, host or time");
  logger.error("two\nlines");
  handler.ident = "myapp[42]: ";
  logger.critical("with an ident");
  handler.ident = "";
  handler.append_nul = kind === "tcp";
  handler.setFormatter(new Formatter("Feb  3 04:05:06 host1 %(name)s: %(message)s"));
  logger.info("as RFC 3164 has it");
  handler.setFormatter(
    new Formatter(
      '1 2026-02-03T04:05:06.789Z host1 %(name)s 42 ID47 [a@1 b="c"] \ufeff%(message)s',
    ),
  );
  logger.info("as RFC 5424 has it");
  await handler.close();
}

for (const program of [rsyslog, syslogNg]) {
  const skip = without(program);
  const shown = (text: string, way: Way) => program.shown(arriving(text, way));

  test(`${program.name} reads RFC 5424 over every transport`, async () => {
    await using daemon = await SyslogDaemon.start(program);
    const options: SyslogOptions = {
      format: "rfc5424",
      facility: "local3",
      hostname: "web-1.example",
      appName: "shop-1",
      procid: 77,
      msgid: "ID47",
    };
    for (const way of networkWays) {
      for (const outcome of await logInto(daemon, way.open(daemon.inputs, options))) {
        const { tag: _, time, ...fields } = outcome.received;
        assertAlmostEquals(time, outcome.record.created, 1e-6);
        assertEquals(fields, {
          facility: 19,
          severity: outcome.severity,
          host: "web-1.example",
          appName: "shop-1",
          procid: "77",
          msgid: "ID47",
          structuredData: null,
          message: shown(outcome.line, way),
        }, way.name);
      }
    }
  }, { skip });

  test(`${program.name} reads RFC 3164 over every transport`, async () => {
    await using daemon = await SyslogDaemon.start(program);
    const options: SyslogOptions = {
      format: "rfc3164",
      facility: 19,
      hostname: "web-1.example",
    };
    for (const way of networkWays) {
      for (const outcome of await logInto(daemon, way.open(daemon.inputs, options))) {
        assertEquals(outcome.received, {
          facility: 19,
          severity: outcome.severity,
          time: Math.floor(outcome.record.created),
          host: "web-1.example",
          tag: `shop[${process.pid}]:`,
          appName: "shop",
          procid: String(process.pid),
          msgid: null,
          structuredData: null,
          message: shown(outcome.line, way),
        }, way.name);
      }
    }
  }, { skip });

  test(`${program.name} reads CPython's format with an ident`, async () => {
    await using daemon = await SyslogDaemon.start(program);
    // Its NULs do not keep the daemons from ending a message at an LF.
    for (const way of networkWays.filter(({ framing }) => framing !== "nul")) {
      const handler = way.open(daemon.inputs, {});
      handler.ident = "shop[77]: ";
      for (const outcome of await logInto(daemon, handler)) {
        const { time, ...fields } = outcome.received;
        assert(time >= outcome.record.created - 1);
        assertEquals(fields, {
          facility: 1,
          severity: outcome.severity,
          host: "localhost",
          tag: "shop[77]:",
          appName: "shop",
          procid: "77",
          msgid: null,
          structuredData: null,
          message: shown(outcome.line, way),
        }, way.name);
      }
    }
  }, { skip });

  test(`${program.name} reads the same from SysLogHandler as from CPython's`, async () => {
    await using daemon = await SyslogDaemon.start(program);
    const { udp, tcp } = daemon.inputs;
    // By TCP the daemons end a message at its LF.
    for (const [kind, port, count] of [["udp", udp, 7], ["tcp", tcp, 8]] as const) {
      const before = daemon.messages.length;
      await promisify(execFile)(python3() ?? "python3", [sender, kind, String(port), "127.0.0.1"]);
      await daemon.received(before + count);
      await logAsSender(kind, port);
      const received = await daemon.received(before + 2 * count);
      const timeless = received.slice(before).map((message) => ({ ...message, time: 0 }));
      assertEquals(timeless.slice(count), timeless.slice(0, count), kind);
    }
  }, { skip: skip || withoutPython() });

  test(`structured data and a BOM reach ${program.name}`, async () => {
    await using daemon = await SyslogDaemon.start(program);
    const { counted } = daemon.inputs;
    const handler = new SysLogHandler(["127.0.0.1", counted], {
      connector,
      socktype: "stream",
      format: "rfc5424",
      structuredDataId: "shop@32473",
      bom: true,
    });
    const log = new Logger("shop.orders", 1);
    log.addHandler(handler);
    log.info("late", { extra: { user: "änna", text: 'a "b" \\ [c]\n', count: 3, no: null } });
    await handler.close();
    const [message] = await daemon.received(1);
    assertEquals([message?.host, message?.appName, message?.procid], [
      hostname(),
      "shop",
      String(process.pid),
    ]);
    assertEquals(
      message?.structuredData,
      program.shown('[shop@32473 user="änna" text="a \\"b\\" \\\\ [c\\]\n" count="3" no="null"]'),
    );
    assertEquals(message?.message, program === rsyslog ? "\ufefflate" : "late");
  }, { skip });

  test(`a message of 100,000 bytes reaches ${program.name} whole by every stream`, async () => {
    await using daemon = await SyslogDaemon.start(program);
    const streams = networkWays.filter(({ framing }) => framing !== undefined);
    for (const [i, way] of streams.entries()) {
      const handler = way.open(daemon.inputs, { format: "rfc5424" });
      const log = new Logger("shop", 1);
      log.addHandler(handler);
      log.info("x".repeat(100_000));
      await handler.close();
      const { message } = (await daemon.received(i + 1))[i]!;
      assertEquals(message.length, 100_000, way.name);
    }
  }, { skip });

  test(`a message that is too long for a datagram reaches ${program.name} cut short`, async () => {
    await using daemon = await SyslogDaemon.start(program);
    const handler = new SysLogHandler(["127.0.0.1", daemon.inputs.udp], {
      connector,
      format: "rfc5424",
      hostname: null,
      maxDatagramBytes: 480,
    });
    const log = new Logger("shop", 1);
    log.addHandler(handler);
    for (const text of ["short", "ä".repeat(1000), ` ${"ä".repeat(1000)}`]) log.info(text);
    await handler.close();
    assertEquals([handler.stats.sent, handler.truncated], [3, 2]);
    const [short, ...long] = (await daemon.received(3)).map(({ message }) => message);
    assertEquals(short, "short");
    const room = 480 - `<14>1 2026-02-03T04:05:06.789000Z - shop ${process.pid} - - `.length;
    assertEquals(long, [
      "ä".repeat(Math.floor(room / 2)),
      ` ${"ä".repeat(Math.floor((room - 1) / 2))}`,
    ]);
  }, { skip });
}
