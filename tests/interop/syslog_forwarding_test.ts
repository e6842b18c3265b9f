/** From `SysLogHandler` to `SyslogReceiver`, by way of real syslog daemons that forward it. */
import { assertEquals } from "@std/assert";
import process from "node:process";
import { connector } from "../../src/adapters/auto.ts";
import { SysLogHandler } from "../../src/handlers/sys_log_handler.ts";
import { Logger } from "../../src/logging/logger.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import { SyslogReceiver } from "../../src/receivers/socket_receiver.ts";
import { ListHandler } from "../logging/helpers.ts";
import { test } from "../test.ts";
import { SyslogDaemon } from "./syslog/daemon.ts";
import { type SyslogProgram, without } from "./syslog/program.ts";
import { rsyslog } from "./syslog/rsyslog.ts";
import { syslogNg } from "./syslog/syslog_ng.ts";

/** A daemon that forwards, and the format that it writes. */
interface Target {
  format: "rfc5424" | "rfc3164";
  transport: "tcp" | "udp";
  /** Lines of the configuration. */
  lines(program: SyslogProgram, port: number): string;
}

const targets: Target[] = [
  {
    format: "rfc5424",
    transport: "tcp",
    lines: (program, port) =>
      program === rsyslog
        ? `action(type="omfwd" target="127.0.0.1" port="${port}" protocol="tcp"
             tcp_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format")\n`
        : `log { source(s_logwire); destination {
             syslog("127.0.0.1" port(${port}) transport("tcp") frac-digits(6)); }; };\n`,
  },
  {
    format: "rfc3164",
    transport: "udp",
    lines: (program, port) =>
      program === rsyslog
        ? `action(type="omfwd" target="127.0.0.1" port="${port}" protocol="udp"
             template="RSYSLOG_TraditionalForwardFormat")\n`
        : `log { source(s_logwire); destination {
             network("127.0.0.1" port(${port}) transport("udp")); }; };\n`,
  },
];

for (const program of [rsyslog, syslogNg]) {
  for (const { format, transport, lines } of targets) {
    test(`SyslogReceiver reads what ${program.name} forwards in ${format}`, async () => {
      await using receiver = new SyslogReceiver("127.0.0.1", 0, { acceptor: connector, transport });
      const arrived: LogRecord[] = [];
      receiver.handleLogRecord = (record) => {
        if (record.name === "shop") arrived.push(record);
      };
      await receiver.start();
      const { port } = receiver.address as { port: number };
      await using daemon = await SyslogDaemon.start(program, lines(program, port));
      const handler = new SysLogHandler(["127.0.0.1", daemon.inputs.counted], {
        connector,
        socktype: "stream",
        format: "rfc5424",
        facility: "local3",
        hostname: "web-1.example",
        msgid: "ID47",
        structuredDataId: "shop@32473",
      });
      const log = new Logger("shop", 1);
      const list = new ListHandler();
      log.addHandler(list);
      log.addHandler(handler);
      log.error("häm ✓ 𝄞", { extra: { user: 'änna "a" [b] \\' } });
      log.debug("%d%%", 50);
      await handler.close();
      await daemon.until(() => arrived.length === 2, "forwarded messages");
      for (const [i, record] of arrived.entries()) {
        const { created } = list.records[i]!;
        const isNew = format === "rfc5424";
        assertEquals({
          created: record.created,
          message: record.getMessage(),
          levelname: record.levelname,
          facility: record.facility,
          hostname: record.hostname,
          process: record.process,
          msgid: record.msgid,
          data: record.structured_data,
        }, {
          created: isNew ? Math.round(created * 1e6) / 1e6 : Math.floor(created),
          message: list.lines[i]!,
          levelname: list.records[i]!.levelname,
          facility: 19,
          hostname: "web-1.example",
          process: process.pid,
          msgid: isNew ? "ID47" : null,
          data: isNew && i === 0 ? { "shop@32473": { user: 'änna "a" [b] \\' } } : null,
        });
      }
    }, { skip: without(program) });
  }
}
